from playwright.sync_api import Browser


def test_a_page_has_a_title_and_runs_its_script(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<title>Digest</title><script>document.title += ' of the week'</script>")

    assert page.title() == "Digest of the week"
