//! Encodes mails and hands them over.
