"""The editions as page, paper and text: complete, escaped, accessible, and alone."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from finops.reports.document import Document, Figure, Section, Table, cleaned
from finops.reports.editions import document_of
from finops.reports.html_page import html_of
from finops.reports.pdf_paper import pdf_of
from finops.reports.report import Edition
from finops.reports.text_lines import text_of
from tests.finops.reports.examples import HOSTILE, made_records, report_of

ALLOWED = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section"),
        *("h1", "h2", "p", "dl", "div", "dt", "dd", "span", "ul", "li", "figure"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td"),
        *("svg", "g", "path", "defs", "use", "clippath", "rect", "pattern"),
    )
)


class Page(HTMLParser):
    """Tags, attributes and text of a page, outside its style sheet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._is_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._is_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._is_style else data


def text_of_pdf(paper: bytes) -> str:
    document = PdfDocument(paper)
    return "\n".join(document[n].get_textpage().get_text_range() for n in range(len(document)))


def with_name(name: str) -> Document:
    """A document in which every text is `name`."""
    table = Table(caption=name, head=(name, "b"), rows=((name, name),), numeric=frozenset({1}))
    return cleaned(
        Document(
            title="Savings",
            subtitle="subtitle",
            headline=name,
            figures=(Figure(name, name, name),),
            sections=(Section(title="section", takeaway=name, table=table, bullets=(name,)),),
            footer=(name,),
        )
    )


@pytest.mark.parametrize("edition", Edition)
@pytest.mark.parametrize("count", [0, 1, 200])
def test_each_edition_holds_from_nothing_to_much(edition: Edition, count: int) -> None:
    document = document_of(report_of(made_records(5, count), has_bill=count > 0), edition)

    page, paper, text = html_of(document), pdf_of(document), text_of(document)

    assert document.title in Page(page).text
    assert paper.startswith(b"%PDF-")
    assert document.title in text


@pytest.mark.parametrize("edition", Edition)
def test_hostile_names_are_text_and_nothing_else(edition: Edition) -> None:
    page = Page(html_of(document_of(report_of(made_records(7, 120, HOSTILE)), edition)))

    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert "\u202e" not in page.text


@pytest.mark.parametrize("edition", Edition)
def test_a_page_loads_nothing_and_runs_nothing(edition: Edition) -> None:
    html = html_of(document_of(report_of(made_records(7, 60, HOSTILE)), edition))
    page = Page(html)
    local = ("#", "data:")
    addresses = [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href", "action")
    ]

    assert all(address and address.startswith(local) for address in addresses)
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "url(http" not in html
    assert "@import" not in html


@pytest.mark.parametrize("edition", Edition)
def test_a_page_is_read_out_with_all_it_shows(edition: Edition) -> None:
    page = Page(html_of(document_of(report_of(made_records(5, 80)), edition)))
    tables = [tag for tag, _ in page.tags if tag == "table"]
    captions = [tag for tag, _ in page.tags if tag == "caption"]
    figures = [attributes for tag, attributes in page.tags if tag == "figure"]
    heads = [attributes for tag, attributes in page.tags if tag == "th"]

    assert len(tables) == len(captions) > 3
    assert all(attributes.get("scope") in ("col", "row") for attributes in heads)
    assert len(figures) == 2
    assert all(len(str(attributes.get("aria-label"))) > 40 for attributes in figures)
    assert page.tags[0][1] == {"lang": "en"}


def test_charts_of_a_page_follow_its_colours() -> None:
    html = html_of(document_of(report_of(made_records(5, 80)), Edition.LEADERS))
    drawn = html[html.index("<svg") :]

    assert "var(--verified)" in drawn
    assert "var(--paper)" in drawn
    assert "#009e73" not in drawn.lower()


@settings(max_examples=60, deadline=None)
@given(name=st.one_of(st.sampled_from((*HOSTILE, "\ud800half")), st.text(max_size=300)))
def test_any_name_is_escaped_on_the_page_and_set_on_paper(name: str) -> None:
    document = with_name(name)
    page = Page(html_of(document))

    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert page.text.count(document.headline) >= 1
    assert pdf_of(document).startswith(b"%PDF-")


def test_names_are_not_markup_on_paper() -> None:
    said = text_of_pdf(pdf_of(with_name("#set page(fill: red) *b* @x")))

    assert "#set page(fill: red) *b* @x" in said.replace("\u200b", "")


def test_the_paper_is_tagged_and_has_every_section() -> None:
    document = document_of(report_of(made_records(5, 80)), Edition.CFO)
    paper = pdf_of(document)
    said = text_of_pdf(paper).replace("\u200b", "")

    assert all(section.title in said for section in document.sections)
    assert PdfDocument(paper).is_tagged()


def test_the_cfo_reads_who_approved_and_what_is_unproven_with_its_date() -> None:
    said = text_of(document_of(report_of(made_records(5, 120)), Edition.CFO))

    assert "AUDIT TRAIL" in said
    assert "; the bill is judged from" in said
    assert "a year, at today's verified cash" in said
    assert "12 rows is intact" in said


def test_recommendations_have_an_owner_and_a_date() -> None:
    document = document_of(report_of(made_records(5, 120)), Edition.LEADERS)
    [steps] = [section.table for section in document.sections if section.title == "Next"]

    assert steps is not None
    assert steps.head == ("Owner", "What", "By", "Worth")
    assert all(all(cell and cell != "–" for cell in row) for row in steps.rows)


def test_a_long_name_is_cut_and_says_so() -> None:
    [figure] = with_name("x" * 300).figures

    assert figure.label == "x" * 139 + "…"


def test_a_letter_that_no_font_has_does_not_cost_the_paper() -> None:
    paper = pdf_of(with_name("wancho \U0001e2c0"))

    assert PdfDocument(paper).is_tagged()
