import Testing

/// Tests in a real browser. They follow each other: they measure times.
@Suite(
    .serialized,
    .enabled(
        if: Browser.isThere, "set PCNLAB_BROWSER=1 where chromium and chromedriver are installed; `make test-browser` does both"))
enum BrowserTests {}
