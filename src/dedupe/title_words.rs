//! The words that titles are read by: spellings, phrases that are one notion, and what says little.

/// Spellings of one word. Each stands as `short=long`.
pub(super) const SPELLINGS: &str = "
    sr=senior snr=senior jr=junior mgr=manager mngr=manager supv=supervisor supvr=supervisor
    supervisory=supervisor dir=director asst=assistant assoc=associate dep=deputy coord=coordinator
    spec=specialist specialty=specialist splst=specialist tech=technician techn=technician
    admin=administrator administrative=administrator administration=administrator rep=representative
    anlst=analyst ops=operation dept=department svc=service svcs=service hosp=hospital med=medical
    rec=record recs=record info=information mgmt=management mgt=management clin=clinical doc=documentation
    cert=certified certification=certified reg=registered inpt=inpatient ip=inpatient inpat=inpatient
    outpt=outpatient op=outpatient outpat=outpatient pt=patient pat=patient phys=physician coding=coder
    abstracting=abstractor abstraction=abstractor billing=biller transcription=transcriptionist
    scribing=scribe auditing=auditor audit=auditor education=educator trainer=educator instructor=educator
    registry=registrar tumor=cancer oncology=cancer ortho=orthopedic orthopaedic=orthopedic
    cardio=cardiology cardiovascular=cardiology cardiac=cardiology neuro=neurology surg=surgery
    surgical=surgery ed=emergency er=emergency peds=pediatric rad=radiology gi=gastroenterology ob=obstetric
    imaging=scanning scan=scanning scanner=scanning conversion=scanning
    lvl=level homecare=home cons=consultant
";

/// Phrases that are one notion, longest first where one begins another. The single words are written
/// out and singular. An empty notion is left out: a credential is asked for, not done. Each stands as
/// `phrase = notion`.
pub(super) const NOTIONS: &str = "
    health information management = him; health information service = him;
    health information technician = him technician; health information = him; hi management = him;
    medical record = him; patient record = him; health record = him; mrt = him technician;
    mra = him administrator; release of information = roi; release information = roi; disclosure = roi;
    clinical documentation improvement = cdi; clinical documentation integrity = cdi;
    clinical document improvement = cdi; clinical documentation specialist = cdi specialist;
    cdis = cdi specialist; cds = cdi specialist; cancer data specialist = cancer registrar;
    cancer data = cancer registrar; certified tumor registrar = cancer registrar; ctr = cancer registrar;
    certified professional coder = coder; certified coding specialist = coder;
    certified coder specialist = coder; hierarchical condition category = riskadjustment;
    risk adjustment = riskadjustment; hcc = riskadjustment; professional fee = profee;
    professional biller = profee biller; pro fee = profee; profee = profee; physician practice = profee;
    account receivable = ar; a r = ar; master patient index = mpi; ambulatory surgery center = asc;
    rural health clinic = rhc; same day surgery = outpatient surgery; day surgery = outpatient surgery;
    medical language specialist = transcriptionist; speech recognition editor = transcriptionist editor;
    quality assurance = qa; revenue cycle = revenuecycle; revenue integrity = revenueintegrity;
    registered nurse = rn; labor delivery = obstetric; data specialist = data specialist; rhia =; rhit =;
    cca =; ccs p =; ccs =; cpc a =; cpc h =; cpc =; coc =; cic =; crc =; cpma =; ods c =; ods =; chda =;
    cdip =; ccds =; chps =; rhds =; ahdi =; cmt =; rmt =; cbcs =; cpb =; cascc =; circc =; credentialed =;
    eligible =; preferred =; certified =; registered = registered;
";

/// Words that boards, agencies and employers add to a title, and words that join others.
pub(super) const ADDED: &str = "
    a an and the of in for to with at on or by from per as x w remote remotely hybrid onsite telecommute
    telework wfh home work virtual based full part time fulltime parttime ft prn diem perm permanent
    temporary temp contract contractor fixed term shift hours hour hrs hr week weekly bonus sign signon now
    hiring apply immediate immediately start urgent urgently needed wanted required req requisition
    opportunity vacancy job position opening area new usa relocation offered reposted repost all levels
    considered doe month project experience exp
";

/// Words that most titles of health care have: sharing them says little.
pub(super) const COMMON: &str = "
    him medical health healthcare care service clinical hospital community department team worker support
    specialist officer staff patient professional technician practitioner nurse assistant manager
    administrator coordinator consultant doctor clinic center general system associate representative
    analyst clerk information record registered certified senior lead supervisor director management
    advanced trust coder facility data operation
";

/// What a number before it counts.
pub(super) const COUNTED: &str = "
    day days hour hours hrs hr week weeks month months year years yrs yr position positions opening openings
    vacancy vacancies post posts x shifts fte sites st nd rd th
";
