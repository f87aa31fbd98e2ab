"""What stands where a chart has no data yet: the way from waste to proof."""

from finops.reports.drawing import (
    IN_FLIGHT,
    OFFERED,
    ON_DARK,
    ON_OFFERED,
    QUIET,
    VERIFIED,
    Chart,
    add_axes,
    chart_of,
    new_figure,
    write,
    write_title,
)

_STEPS = (
    ("Offered", "a cycle finds waste\nand asks its owner", OFFERED),
    ("In flight", "the owner approves,\na pull request merges", IN_FLIGHT),
    ("Verified", "the bill shows it,\n3 days or more later", VERIFIED),
)


def teaching_chart(title: str) -> Chart:
    """A picture of the three stages with `title` above it."""
    figure = new_figure(2.4)
    top = write_title(figure, title, "How a saving comes about, and where it will stand here.")
    axes = add_axes(figure, left=0.28, right=0.28, top=top, bottom=0.2)
    axes.set_xlim(0, 3)
    axes.set_ylim(0, 1)
    axes.set_xticks([])
    axes.set_yticks([])
    for index, (name, words, colour) in enumerate(_STEPS):
        axes.barh(0.78, 0.86, left=index + 0.03, height=0.3, color=colour)
        style = {"ha": "center", "va": "center"}
        ink = ON_OFFERED if colour == OFFERED else ON_DARK
        write(axes, (index + 0.46, 0.78), name, fontsize=12, weight="bold", color=ink, **style)
        write(axes, (index + 0.46, 0.36), words, fontsize=9.5, **style)
        if index < len(_STEPS) - 1:
            write(axes, (index + 0.96, 0.78), "→", fontsize=18, color=QUIET, **style)
    steps = ", then ".join(f"{name.lower()}: {words}" for name, words, _ in _STEPS)
    return chart_of(figure, title=title, alt_text=f"{title}. {steps}.".replace("\n", " "))
