//! What the daemon's pages are made with, from the configuration.

use std::sync::Arc;

use super::context::Context;
use super::mailing::{sending, site};
use crate::coding::Coder;
use crate::web::Pages;

/// Gives what the pages need.
pub(super) fn pages(context: &Context, coder: Arc<Coder>) -> Pages {
    let config = &context.config;
    let mut pages = Pages::new(coder, site(config));
    pages.trusted_proxies.clone_from(&config.web.trusted_proxies);
    let sending = sending(config);
    let missing = sending.not_ready().or_else(|| {
        let has_pages = config.web.public_url.is_some();
        (!has_pages).then(|| "links in mails need `web.public_url`".to_owned())
    });
    match missing {
        None => pages.sender = Some(sending),
        Some(missing) => tracing::info!("nobody can subscribe on the web: {missing}"),
    }
    pages
}
