from html.parser import HTMLParser

import pytest

from brian_force.commands.study_report import report


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.texts, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


CLAIM = {
    "claim": 7,
    "text": "A < B & C.",
    "criterion": "Above 0.",
    "verdict": "not decided",
    "findings": [
        {
            "what": "a difference",
            "where": "sine, N 500",
            "estimate": -0.25,
            "low": None,
            "high": None,
            "n_seeds": 1,
            "n_seeds_tried": 3,
            "bound": 0.0,
            "side": "above",
            "verdict": "not decided",
        }
    ],
}


@pytest.fixture
def page(made_up, tmp_path):
    picture = tmp_path / "size.png"
    picture.write_bytes(b"\x89PNG")
    return report([made_up("size")], {"size": [picture]}, [CLAIM])


def test_the_page_is_whole_and_needs_nothing_else(page):
    links = Links()
    links.feed(page)
    assert links.open == []
    assert links.found == ["data:image/png;base64,iVBORw=="]


def test_the_page_says_what_was_found(page):
    links = Links()
    links.feed(page)
    texts = " ".join(links.texts)
    assert "A < B & C." in texts
    assert "−0.25" in texts
    assert "1 of 3" in texts
    assert "brian2" in texts
    assert "numbers: sizes" in texts


def test_numbers_are_means_over_seeds(made_up, page):
    found = made_up("size").parts["sizes"]["learning"].mean("seed")
    assert f"{float(found.values.flat[0]):.3g}" in page
