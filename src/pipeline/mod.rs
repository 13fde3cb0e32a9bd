//! The order in which the stages run; the only module that knows it.
