import pytest

from accounts import browsers

ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-A047F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (ANDROID, "Chrome trên Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 Version/16.6 Mobile Safari/604.1",
            "Safari trên iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox trên Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 coc_coc_browser/119.0.230 Chrome/113.0 Safari/537.36", "Cốc Cốc trên Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0", "Edge trên Windows"),
        (ANDROID.replace("Chrome", "SamsungBrowser/23.0 Chrome"), "Samsung Internet trên Android"),
        (ANDROID + " Zalo android/23121", "Zalo trên Android"),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0", "Chrome trên Linux"),
        ("curl/8.4.0", "Thiết bị không rõ"),
        ("", "Thiết bị không rõ"),
        ("<script>alert(1)</script> Firefox", "Firefox"),
    ],
)
def test_a_browser_is_named_in_plain_words(user_agent, words):
    assert browsers.name(user_agent) == words
