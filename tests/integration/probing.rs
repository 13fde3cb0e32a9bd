//! `board probe` and what follows from it: the engine is named by proof, in at most four requests,
//! and the file it prints can be saved and polled.

use serde_json::{Value, json};

use super::app::{Ran, TestApp};
use super::fake_board::{Asked, FakeBoard, Reply};
use super::vacancies::{bti_feed, detail_page, job_posting, list_page, start_of, three, webscribble, ymcareers};

/// Probes an address on a board and asserts what every probe must keep to.
fn probe(app: &TestApp, board: &FakeBoard, path: &str) -> Ran {
    let ran = app.run(&["board", "probe", &format!("{}{path}", board.origin())]);
    let asked = board.asked();
    assert!(asked.len() <= 4, "{} requests: {asked:?}", asked.len());
    assert!(asked.iter().all(|one| one.header("cookie").is_none()), "{asked:?}");
    assert!(
        ran.stdout.lines().take_while(|line| !line.starts_with('#')).all(|line| line.chars().count() <= 80),
        "{}",
        ran.stdout
    );
    ran
}

fn probe_json(app: &TestApp, board: &FakeBoard, path: &str) -> (Value, i32) {
    let ran = app.run(&["board", "probe", &format!("{}{path}", board.origin()), "--format", "json"]);
    let report = ran.json();
    let asked = board.asked();
    assert!(asked.len() <= 4, "{} requests: {asked:?}", asked.len());
    let sum = report["requests"].as_u64().unwrap() + report["robots_requests"].as_u64().unwrap();
    assert_eq!(sum, asked.len() as u64, "{report}");
    (report, ran.code)
}

/// Saves the file that a probe printed, checks it, and polls the board by it.
fn poll_by_the_file(app: &TestApp, report: &Value) -> Value {
    let file = report["board_file"].as_str().unwrap_or_else(|| panic!("{report}"));
    std::fs::create_dir_all(app.path("boards")).unwrap();
    std::fs::write(app.path("boards/lakes.toml"), file).unwrap();
    let checked = app.run(&["config", "check"]);
    assert_eq!(checked.code, 0, "{file}\n{checked:?}");
    app.poll("lakes")
}

/// Asserts that an engine is proven and that its file reads the three vacancies.
fn proves(board: &FakeBoard, path: &str, engine: &str) -> Value {
    let app = TestApp::new("");
    let (report, code) = probe_json(&app, board, path);
    assert_eq!((&report["verdict"], &report["engine"], code), (&json!("engine"), &json!(engine), 0), "{report:#}");
    let polled = poll_by_the_file(&app, &report);
    assert_eq!((&polled["state"], &polled["listed"]), (&json!("ok"), &json!(3)), "{polled}\n{report:#}");
    report
}

/// Replaces the board's address, which differs at each run.
fn steady(text: &str, board: &FakeBoard) -> String {
    text.replace(board.origin(), "http://board.test")
}

/// A front page that says and links nothing by which its software could be told.
fn plain_front() -> Reply {
    Reply::html(
        "<html><head><title>Lakes</title></head><body><h1>Welcome</h1><a href=\"/about\">About us</a></body></html>",
    )
}

/// A YM Careers board with a list for any address under `/jobs/`.
fn ym_board() -> FakeBoard {
    let mut pages = ymcareers(&three(), 100);
    FakeBoard::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        path if path.starts_with("/jobs/") && !path.contains("str=") => Reply::html(list_page(&three(), 1, 100)),
        "/" => Reply::html("<html><body>Powered by <a href=\"https://www.yourmembership.com/\">YM</a></body></html>"),
        _ => pages(asked),
    })
}

/// A bti board: a page of classes, and the feed.
fn bti_board() -> FakeBoard {
    let board = FakeBoard::start(|_| Reply::status(404));
    let feed = bti_feed(board.origin(), &three());
    board.now_answers(move |asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        "/jobs/?display=rss" => Reply::xml(feed.clone()).with("x-nas-sid", "a1"),
        "/" => Reply::html("<html><body><div class=\"bti-ui-job-detail-container\">x</div></body></html>"),
        _ => Reply::status(404).with("x-nas-sid", "a1"),
    });
    board
}

#[test]
fn a_ymcareers_board_is_proven_by_its_list_and_one_posting() {
    let report = proves(&ym_board(), "/", "ymcareers");
    assert_eq!(report["readings"][1]["kind"], "detail", "{report:#}");
    let board = ym_board();
    let (report, _) = probe_json(&TestApp::new(""), &board, "/jobs/");
    assert_eq!(report["readings"][0]["postings"], 3);
    assert_eq!(board.asked().len(), 3, "robots.txt, the list, one posting");
}

#[test]
fn a_posting_leads_to_its_list() {
    let report = proves(&ym_board(), "/job/inpatient-coder/40000001/", "ymcareers");
    let file = report["board_file"].as_str().unwrap();
    assert!(file.contains("engine = \"ymcareers\"") && file.contains("# Proven on that day: "), "{file}");
}

#[test]
fn a_bti_board_is_proven_by_its_feed() {
    let report = proves(&bti_board(), "/", "bti");
    assert!(report["evidence"].to_string().contains("x-nas-sid"), "{report:#}");
    proves(&bti_board(), "/nothing-here", "bti");
}

#[test]
fn a_web_scribble_board_is_proven_by_its_api() {
    let start = |front: &'static str| {
        let board = FakeBoard::start(|_| Reply::status(404));
        let mut pages = webscribble(board.origin(), &three());
        board.now_answers(move |asked| match asked.path.as_str() {
            "/" if !front.is_empty() => Reply::html(front),
            _ => pages(asked),
        });
        board
    };
    let logo = "<html><body><img src=\"https://wjm.s3.amazonaws.com/lakes/logo.png\"><script></script></body></html>";
    proves(&start(logo), "/", "webscribble");
    // Without any sign it is found among what is asked of every board.
    proves(&start(""), "/", "webscribble");
    proves(&start(""), "/api/v1/jobs?page=1", "webscribble");
}

#[test]
fn a_madgex_board_is_proven_by_its_feed() {
    let board = FakeBoard::start(|_| Reply::status(404));
    let origin = board.origin().to_owned();
    let items: String = three()
        .iter()
        .map(|one| {
            format!(
                "<item><title>{}</title><link>{origin}/job/{}/x-y/</link><guid>{}</guid></item>",
                one.title, one.id, one.id
            )
        })
        .collect();
    board.now_answers(move |asked| match asked.path.as_str() {
        path if path.starts_with("/jobsrss/") => {
            Reply::xml(format!("<rss version=\"2.0\"><channel><title>Jobs</title>{items}</channel></rss>"))
        }
        "/" => Reply::html("<html><body><a href=\"/job/40000001/inpatient-coder/\">Inpatient Coder</a></body></html>"),
        _ => Reply::status(404),
    });
    let report = proves(&board, "/", "rss");
    assert!(report["board_file"].as_str().unwrap().contains("/jobsrss/"), "{report:#}");
}

#[test]
fn a_named_feed_is_proven_and_its_titles_are_split() {
    let board = FakeBoard::start(|_| Reply::status(404));
    let origin = board.origin().to_owned();
    board.now_answers(move |asked| match asked.path.as_str() {
        "/jobs.rss" => {
            let item = |n: u32| format!("<item><title>Coder {n} at Lakes {n}</title><link>{origin}/x/{n}</link></item>");
            Reply::xml(format!("<rss version=\"2.0\"><channel>{}</channel></rss>", (1..4).map(item).collect::<String>()))
        }
        "/" => Reply::html("<html><head><link rel=alternate type=application/rss+xml title=Jobs href=/jobs.rss></head><body>x</body></html>"),
        _ => Reply::status(404),
    });
    let report = proves(&board, "/", "rss");
    assert!(report["board_file"].as_str().unwrap().contains("title_split = \"at\""), "{report:#}");
}

#[test]
fn the_news_of_a_site_are_no_jobs() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/feed/" => Reply::xml(
            "<rss version=\"2.0\"><channel><item><title>We won a prize</title><link>/2026/prize</link></item></channel></rss>",
        ),
        "/" => Reply::html(
            "<html><head><link rel=alternate type=application/rss+xml title=Lakes href=/feed/></head><body>x</body></html>",
        ),
        _ => Reply::status(404),
    });
    let (report, code) = probe_json(&TestApp::new(""), &board, "/");
    assert_eq!((&report["verdict"], &report["board_file"], code), (&json!("marketing"), &Value::Null, 1), "{report:#}");
}

/// A board of its own making whose postings carry JSON-LD, or not.
fn own_board(with_json_ld: bool) -> FakeBoard {
    FakeBoard::start(move |asked| {
        let cards: String = three()
            .iter()
            .map(|one| {
                format!(
                    "<li class=\"opening\"><h3><a href=\"/openings/{}\">{}</a></h3><span class=\"company\">{}</span></li>",
                    one.id, one.title, one.employer
                )
            })
            .collect();
        let found = three().into_iter().find(|one| asked.path == format!("/openings/{}", one.id));
        match (asked.path.as_str(), found) {
            ("/careers", _) => Reply::html(format!(
                "<html><head><title>Openings \"at\" Lakes</title></head><body><nav><a href=\"/about-us\">About us</a></nav><ul>{cards}</ul></body></html>"
            )),
            (_, Some(one)) if with_json_ld => Reply::html(detail_page(&one)),
            (_, Some(one)) => {
                Reply::html(format!("<html><body><h1>{}</h1><main>{}</main></body></html>", one.title, one.text))
            }
            _ => Reply::status(404),
        }
    })
}

#[test]
fn a_board_with_json_ld_is_proven_by_one_of_its_links() {
    let report = proves(&own_board(true), "/careers", "jsonld");
    assert!(report["board_file"].as_str().unwrap().contains("detail_pattern"), "{report:#}");
}

#[test]
fn a_sitemap_with_postings_is_proven_by_one_of_them() {
    let board = FakeBoard::start(|_| Reply::status(404));
    let origin = board.origin().to_owned();
    let locs: String = three().iter().map(|one| format!("<url><loc>{origin}{}</loc></url>", one.path())).collect();
    board.now_answers(move |asked| {
        let found = three().into_iter().find(|one| asked.path == one.path());
        match (asked.path.as_str(), found) {
            ("/sitemap.xml", _) => Reply::new("application/xml", format!("<urlset>{locs}</urlset>")),
            (_, Some(one)) => Reply::html(detail_page(&one)),
            _ => Reply::status(404),
        }
    });
    proves(&board, "/sitemap.xml", "jsonld");
}

#[test]
fn an_unknown_page_gives_a_guess_that_is_called_one() {
    let board = own_board(false);
    let app = TestApp::new("");
    let (report, code) = probe_json(&app, &board, "/careers");
    assert_eq!((&report["verdict"], &report["engine"], code), (&json!("guess"), &Value::Null, 1), "{report:#}");
    let file = report["board_file"].as_str().unwrap();
    assert!(file.contains("# A GUESS") && file.contains("enabled = false"), "{file}");
    // The operator has looked at it and takes the line out.
    let switched_on: String =
        file.lines().filter(|line| !line.starts_with("enabled")).map(|line| format!("{line}\n")).collect();
    let polled = poll_by_the_file(&app, &json!({"board_file": switched_on}));
    assert_eq!(
        (&polled["state"], &polled["listed"], &polled["completed"]),
        (&json!("ok"), &json!(3), &json!(3)),
        "{polled}\n{file}"
    );
}

#[test]
fn an_unknown_api_gives_guessed_pointers() {
    let rows: Vec<Value> = three()
        .iter()
        .map(|one| json!({"jobId": one.id, "jobTitle": one.title, "company": {"name": one.employer}}))
        .collect();
    let answer = json!({"result": {"rows": rows}});
    let board = FakeBoard::start(
        move |asked| if asked.path == "/robots.txt" { Reply::status(404) } else { Reply::json(&answer) },
    );
    let (report, code) = probe_json(&TestApp::new(""), &board, "/v2/search");
    assert_eq!((&report["verdict"], code), (&json!("guess"), 1), "{report:#}");
    assert!(report["board_file"].as_str().unwrap().contains("items = \"/result/rows\""), "{report:#}");
}

#[test]
fn walls_logins_and_refusals_end_the_probe() {
    let login = "<html><head><title>Sign in</title></head><body><form><input type=\"password\"></form></body></html>";
    let wall = "<html><body><iframe src=\"https://geo.captcha-delivery.com/captcha/\" title=\"DataDome CAPTCHA\"></iframe></body></html>";
    for (reply, verdict) in [
        (Reply::html(login), "login"),
        (Reply::html(wall), "wall"),
        (Reply { status: 403, ..Reply::html(wall) }, "wall"),
        (Reply::status(403), "wall"),
        (Reply::status(410), "gone"),
        (Reply::status(429).with("Retry-After", "3600"), "not-now"),
        (Reply::status(500), "unreachable"),
    ] {
        let board =
            FakeBoard::start(move |asked| if asked.path == "/robots.txt" { Reply::status(404) } else { reply.clone() });
        let (report, code) = probe_json(&TestApp::new(""), &board, "/jobs/");
        assert_eq!((report["verdict"].as_str(), code), (Some(verdict), 1), "{report:#}");
        assert_eq!(board.paths().len(), 1, "nothing is asked after a refusal");
    }
}

#[test]
fn a_move_is_reported_and_not_followed() {
    let elsewhere = FakeBoard::start(|_| plain_front());
    let to = format!("{}/jobs/", elsewhere.origin());
    for status in [301, 302] {
        let to = to.clone();
        let board = FakeBoard::start(move |asked| match asked.path.as_str() {
            "/robots.txt" => Reply::status(404),
            _ => Reply::status(status).with("Location", &to),
        });
        let (report, code) = probe_json(&TestApp::new(""), &board, "/");
        let verdict = if status == 301 { "moved" } else { "elsewhere" };
        assert_eq!((report["verdict"].as_str(), code), (Some(verdict), 1), "{report:#}");
        assert_eq!(report["asked"][0]["chain"][0][0], status, "{report:#}");
    }
    assert_eq!(elsewhere.asked().len(), 0);
}

#[test]
fn a_chain_of_redirects_is_told_and_counted() {
    let mut pages = ymcareers(&three(), 100);
    let board = FakeBoard::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        "/" => Reply::status(301).with("Location", "/careers"),
        "/careers" => Reply::status(302).with("Location", "/jobs/?str=1&session=9f8e7d6c5b"),
        _ => pages(asked),
    });
    let (report, code) = probe_json(&TestApp::new(""), &board, "/");
    assert_eq!((&report["engine"], code), (&json!("ymcareers"), 0), "{report:#}");
    let chain = report["asked"][0]["chain"].as_array().unwrap();
    assert_eq!((&chain[0][0], &chain[1][0]), (&json!(301), &json!(302)));
    assert!(!report.to_string().contains("9f8e7d6c5b"), "{report:#}");
    assert!(report["left"][0]["url"].as_str().is_some_and(|url| url.contains("/job/")), "{report:#}");
}

#[test]
fn endless_redirects_and_retries_stay_within_the_bound() {
    let board = FakeBoard::start(|asked: &Asked| {
        let n = start_of(&asked.path.replace("n=", "str="));
        Reply::status(302).with("Location", &format!("/?n={}", n + 1))
    });
    let (report, code) = probe_json(&TestApp::new(""), &board, "/");
    assert_eq!(code, 1, "{report:#}");
    let failing = FakeBoard::start(|asked| Reply::status(if asked.path == "/robots.txt" { 404 } else { 503 }));
    assert_eq!(probe_json(&TestApp::new(""), &failing, "/").1, 1);
}

#[test]
fn robots_txt_is_obeyed_and_quoted() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Reply::new("text/plain", "User-agent: *\nDisallow: /jobs/\n"),
        _ => plain_front(),
    });
    let (report, code) = probe_json(&TestApp::new(""), &board, "/jobs/");
    assert_eq!((report["verdict"].as_str(), code), (Some("robots"), 1), "{report:#}");
    assert_eq!(report["robots"]["rule"], "Disallow: /jobs/ (line 2)");
    assert_eq!(board.paths().len(), 0);
}

#[test]
fn an_hourly_host_is_not_waited_for_and_its_wait_is_remembered() {
    let mut pages = ymcareers(&three(), 100);
    let board = FakeBoard::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => Reply::new("text/plain", "User-agent: *\nCrawl-delay: 3600\n"),
        "/" => Reply::html("<html><body><a href=\"https://x.careerwebsite.com\">x</a></body></html>"),
        _ => pages(asked),
    });
    let app = TestApp::new("");
    assert_eq!(app.run(&["poll", "usajobs"]).code, 0);
    let ran = probe(&app, &board, "/");
    assert_eq!((ran.code, board.asked().len()), (1, 2), "{ran:?}");
    assert!(
        ran.stdout.replace("\n                ", " ").contains("would take 2 h; it does not wait"),
        "{}",
        ran.stdout
    );
    let file = ran.stdout.split("# boards/ID.toml").nth(1);
    assert!(file.is_none(), "nothing is proven and the signs are not strong: {}", ran.stdout);
    // The database remembers the wait: a second probe asks nothing at all.
    board.forget();
    let (report, _) = probe_json(&app, &board, "/jobs/");
    assert_eq!((report["verdict"].as_str(), board.asked().len()), (Some("not-now"), 0), "{report:#}");
}

#[test]
fn an_empty_board_is_proven_by_its_own_empty_feed() {
    let board = FakeBoard::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        "/jobs/?display=rss" => {
            Reply::xml("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Jobs RSS</title></channel></rss>")
        }
        _ => Reply::html("<html><body><p>Sorry, we couldn't find any jobs that match your criteria</p></body></html>"),
    });
    let app = TestApp::new("");
    let (report, code) = probe_json(&app, &board, "/");
    assert_eq!((&report["engine"], code), (&json!("bti"), 0), "{report:#}");
    assert_eq!(poll_by_the_file(&app, &report)["state"], "empty");
}

#[test]
fn a_page_drawn_by_scripts_and_a_missing_one_are_told_apart() {
    let app = FakeBoard::start(|asked| {
        if asked.path == "/" {
            Reply::html("<html><head><script src=a.js></script></head><body><div id=root></div></body></html>")
        } else {
            Reply::status(404)
        }
    });
    assert_eq!(probe_json(&TestApp::new(""), &app, "/").0["verdict"], "scripts");
    let missing = FakeBoard::start(|_| Reply::status(404));
    let (report, code) = probe_json(&TestApp::new(""), &missing, "/jobs");
    assert_eq!((report["verdict"].as_str(), code), (Some("unknown"), 1), "{report:#}");
}

#[test]
fn bad_addresses_are_refused() {
    let app = TestApp::new("");
    for url in ["ftp://a.example/", "http://", "https://me:pw@a.example/", "not an address"] {
        let ran = app.run(&["board", "probe", url]);
        assert_eq!(ran.code, 2, "{url}: {ran:?}");
        assert!(!ran.stderr.contains("pw@"), "{ran:?}");
    }
}

#[test]
fn what_people_read_of_a_probe() {
    let board = bti_board();
    insta::assert_snapshot!("a_proven_board", steady(&probe(&TestApp::new(""), &board, "/").stdout, &board));
    let board = own_board(false);
    insta::assert_snapshot!("a_guess", steady(&probe(&TestApp::new(""), &board, "/careers").stdout, &board));
    let board = FakeBoard::start(|asked| Reply::status(if asked.path == "/robots.txt" { 404 } else { 403 }));
    insta::assert_snapshot!("a_refusal", steady(&probe(&TestApp::new(""), &board, "/jobs/").stdout, &board));
}

#[test]
fn hostile_titles_neither_break_the_file_nor_command_the_terminal() {
    let list: String = three().iter().map(|one| format!("<a href=\"{}\">{}</a>", one.path(), one.title)).collect();
    let mut pages = ymcareers(&three(), 100);
    let board = FakeBoard::start(move |asked| match asked.path.as_str() {
        "/jobs/" => Reply::html(format!(
            "<html><head><title>A\"\n[boards.x]\nengine=\"html\"\x1b]0;x\x07</title></head><body>{list}</body></html>"
        )),
        _ => pages(asked),
    });
    let app = TestApp::new("");
    let (report, _) = probe_json(&app, &board, "/jobs/");
    assert_eq!(poll_by_the_file(&app, &report)["state"], "ok");
    board.forget();
    let ran = probe(&app, &board, "/jobs/");
    assert!(!ran.stdout.contains('\x1b'), "{ran:?}");
}

#[test]
fn postings_that_a_list_carries_whole_need_no_second_look() {
    let carried: Vec<Value> = three()
        .iter()
        .map(|one| {
            let mut posting = job_posting(one);
            posting["url"] = json!(one.path());
            posting
        })
        .collect();
    let board = FakeBoard::start(move |asked| match asked.path.as_str() {
        "/careers" => {
            Reply::html(format!("<html><script type=\"application/ld+json\">{}</script></html>", json!(carried)))
        }
        _ => Reply::status(404),
    });
    let (report, code) = probe_json(&TestApp::new(""), &board, "/careers");
    assert_eq!((&report["engine"], code, board.asked().len()), (&json!("jsonld"), 0, 2), "{report:#}");
}
