//! The words of servers and of machines that answer, in lower case, one phrase a line.

/// Nobody is there. What could also mean a full or a refusing mailbox ("mailbox unavailable", RFC 5321
/// section 4.2.2) is not among them, nor what a resolver says.
const NO_SUCH_MAILBOX: &str = "user unknown
unknown user
user not known
user is unknown
not a known user
no such user
no such mailbox
no such recipient
no such address
no such account
no such person
no such local user
no such email
no mailbox here by that name
no account by that name
user not found
mailbox not found
recipient not found
recipnotfound
account not found
user doesn't exist
user does not exist
mailbox does not exist
mailbox doesn't exist
account does not exist
account doesn't exist
account that you tried to reach does not exist
address does not exist
address doesn't exist
recipient does not exist
recipient doesn't exist
does not exist here
is not a valid user
not a valid mailbox
not a valid recipient
not our customer
invalid mailbox
invalid recipient
unknown recipient
addressee unknown
not listed in domino directory
recipient unknown
unknown mailbox
mailbox unknown
unknown address
address unknown
unknown local part
unknown or illegal alias
unknown or illegal user
unknown email address
recipient name is not recognized
user name is unknown
user is not registered
address couldn't be found
address could not be found
address wasn't found
address was not found
no longer valid
no longer exists
account has been closed
account has been deleted
account is closed
account is deactivated
account has been deactivated
account that you tried to reach is disabled
mailbox has been disabled
mailbox is disabled
mailbox disabled
account has been disabled
account is disabled
account disabled
empfänger nicht gefunden
empfänger unbekannt
unbekannter empfänger
benutzer unbekannt
postfach existiert nicht
adresse existiert nicht
utilisateur inconnu
destinataire inconnu
adresse inconnue
adresse n'existe pas
usuario desconocido
usuario no existe
cuenta no existe
usuário desconhecido
usuário não existe
utente sconosciuto
пользователь не найден
ящик не существует
адрес не существует";

/// Something passes, or is not the address's fault.
const PASSING: &str = "quota
full
over limit
overlimit
exceed
too much mail
not enough space
insufficient storage
insufficient system storage
insufficient disk
spam
unsolicited
bulk
junk
block
blacklist
blocklist
spamhaus
reputation
policy
greylist
graylist
rate that
rate limit
too many
too large
too big
too long
message size
virus
malware
dmarc
dkim
spf
access denied
relaying
relay access
relay denied
unable to relay
not authenticated
authentication
permission
permitted
restricted
temporar
try again
try later
deferred
timeout
timed out
time-out
unable to connect
connection refused
busy
sender verify
sender address
sender rejected
sender is
return address
voll
überschritten
pleine
llena
lleno
cheia";

/// A server still tries.
const STILL_TRYING: &str = "not yet been delivered
has been delayed
delivery attempts will continue
will continue to attempt
will continue to try
will continue trying
will keep trying
will be retried
we will try again
still being retried
still trying
is delayed
message delayed
delivery delayed
delivery delay
warning message only
just a warning
delivery status notification (delay)
has been postponed
do not need to resend
no action is required on your part
attempts to deliver the message will continue
noch nicht zugestellt
verzögert
retardé
sigue intentando";

/// A mail did not arrive.
const NOT_ARRIVED: &str = "could not be delivered
couldn't be delivered
cannot be delivered
can't be delivered
can not be delivered
not be delivered
not been delivered
wasn't delivered
not delivered
non-delivery
nondelivery
undeliver
unable to deliver
unable to be delivered
able to deliver
could not deliver
cannot deliver
failed to deliver
delivery fail
delivery has failed
delivery to the following
delivery to these recipients
delivery error
delivery problem
deliver mail to
mail failed
mail delivery failed
mail error
failure notice
failed recipient
failed permanently
returned mail
returning message
returned to sender
did not reach
could not be reached
bounce notification
was rejected
not accepted
nicht zugestellt
unzustellbar
konnte nicht
non remis
pas pu etre
n'a pas pu être
non distribu
no se pudo entregar
no se ha podido entregar
não pôde ser entregue
не может быть доставлено
не доставлен
недостав";

/// A machine answers: out of office, and the like, as they stand in subjects.
const ANSWERS_BY_ITSELF: &str = "out of office
out of the office
out-of-office
out of my office
automatic reply
automatic response
auto reply
auto-reply
autoreply
auto response
auto-response
autoresponse
auto responder
autoresponder
automated reply
automated response
vacation
on holiday
on leave
away from
i am away
i'm away
no longer with
abwesenheit
abwesend
nicht im büro
automatische antwort
automatisch antwoord
automatisch bericht
afwezig
réponse automatique
reponse automatique
absence du bureau
absent du bureau
message d'absence
en congé
respuesta automática
respuesta automatica
fuera de la oficina
fuera de oficina
resposta automática
resposta automatica
fora do escritório
ausência
risposta automatica
fuori ufficio
assente dall'ufficio
autosvar
automatiskt svar
automatisk svar
frånvaro
fravær
automaattinen vastaus
poissaolo
automatyczna odpowiedź
poza biurem
nieobecno
automatická odpověď
automatická odpoveď
nepřítomnost
automatikus válasz
házon kívül
răspuns automat
otomatik yanıt
ofis dışında
автоответ
автоматический ответ
автоматична відповідь
вне офиса
αυτόματη απάντηση
εκτός γραφείου
自動応答
自動返信
不在
自动答复
自动回复
自動回覆
부재중
자동 응답
자동 회신
trả lời tự động
ตอบกลับอัตโนมัติ
رد تلقائي
מענה אוטומטי";

fn names(text: &str, phrases: &str) -> bool {
    phrases.lines().any(|phrase| text.contains(phrase))
}

pub(super) fn says_there_is_no_such_mailbox(text: &str) -> bool {
    let spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // `This user doesn't have a yahoo.example account`
    let is_without = || {
        let (_, rest) = spaced.split_once("user doesn't have a")?;
        Some(rest.split(' ').take(3).any(|word| word.starts_with("account")))
    };
    names(&spaced, NO_SUCH_MAILBOX) || is_without() == Some(true)
}

pub(super) fn names_something_passing(text: &str) -> bool {
    names(text, PASSING)
}

pub(super) fn says_that_it_is_still_tried(text: &str) -> bool {
    names(text, STILL_TRYING)
}

pub(super) fn says_that_it_did_not_arrive(text: &str) -> bool {
    names(text, NOT_ARRIVED)
}

/// Tells by a subject whether a machine answers.
pub(super) fn is_automatic_subject(subject: &str) -> bool {
    names(&subject.to_lowercase(), ANSWERS_BY_ITSELF)
}
