//! The nouns that cross between stages. Imports nothing of ours and does no I/O.
//!
//! A **posting** is one board's advertisement; a **job** is the vacancy it advertises. A
//! [`RawPosting`] holds strings as the board shows them, a [`Posting`] what they mean, a [`Job`]
//! one or more postings of one vacancy.

mod bounce;
mod cadence;
mod clock;
mod code_names;
mod codes;
mod compose;
mod criteria;
mod due;
mod engine;
mod event;
mod field;
mod figures;
mod folding;
mod grouping;
mod health;
mod ids;
mod job;
mod letters;
mod link;
mod mail_key;
mod mailbox;
mod match_facts;
mod message;
mod network;
mod outgoing;
mod page;
mod place;
mod posting;
mod problem;
mod provenance;
mod questions;
mod raw_posting;
mod round;
mod salary;
mod signals;
mod sketch;
mod subscription;
mod template_pieces;
mod words;

pub use bounce::{Bounce, BounceKind};
pub use cadence::{Cadence, Every};
pub use clock::{Clock, FixedClock, SystemClock};
pub use code_names::{CodeKind, CodeNames};
pub use codes::{
    Code, Codes, Contact, CredentialDemand, DemandLevel, Education, EducationLevel, EmployerIdentity, ExperienceLevel,
    WageStanding, Warning,
};
pub use compose::{Member, compose, normalized_fields, speaking_order};
pub use criteria::{Criteria, KnownField, Near, PayFloor, QueryNode, SortOrder, StatusFilter};
pub use due::{Due, DueReason};
pub use engine::{BoardFacts, Engine};
pub use event::{EventKind, JobEvent};
pub use field::{Basis, Field};
pub use figures::{BlsQuartiles, CopyFigure, JobFigures, PayFigure, Word};
pub use folding::{ANY_CREDENTIAL, UNSTATED, facet_name, fold_name, plain_address};
pub use grouping::{Edge, Pair, Ruling, divide};
pub use health::{AcceptedMove, BoardHealth, BoardState, Lost, LostPart, PARKED_AFTER, Suspicion, Unreachable};
pub use ids::{BoardId, InvalidId, JobId, PostingKey};
pub use job::{EarlierPosting, Job, JobPosting, JobStatus, Occupation};
pub use link::{Evidence, Judge, Link, LinkKind, Span, Verdict};
pub use mail_key::{MailKey, Token, TokenPurpose};
pub use mailbox::{ImapAccount, Mail, MailCursor, MailSource};
pub use match_facts::{JobNews, MatchFacts, PayFacts};
pub use message::Message;
pub use network::{InvalidNetwork, Network};
pub use outgoing::{
    GIVE_UP_AFTER, MOST_DEATHS, MailId, MailKind, MailRecord, MailStanding, MailState, OnUnknown, OutgoingMail,
    REFUSALS_IN_DOUBT, SendOutcome, rest_after, wait_after,
};
pub use page::{HostMemory, HostState, Page, PageKind, RobotsRecord, Validators, Wanted};
pub use place::{EARTH_RADIUS_MILES, EmploymentType, Place, Precision, WorkMode, miles_between};
pub use posting::{Closing, Posting};
pub use problem::{Problem, ProblemKind};
pub use provenance::{Provenance, Said, provenance};
pub use questions::{AskedEmployer, Asks, Question};
pub use raw_posting::{Completeness, RawPlace, RawPosting, RawSalary};
pub use round::{BoardEvent, FieldFill, RoundFacts, RoundRecord};
pub use salary::{PayUnit, Salary};
pub use sketch::{Sketch, SketchPlace, TitleWord};
pub use subscription::{
    Consent, InvalidAddress, MailAddress, SavedSearch, SearchId, Subscriber, SubscriberId, SubscriberState, ToldAs,
};
pub use template_pieces::CommonPieces;
pub use words::{JobWords, TEXTS, each_word, word_head, words_of};
