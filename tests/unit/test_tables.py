"""Summaries for a person to read."""

from brian_force.cli.tables import table


def test_numbers_have_units_and_what_is_missing_a_dash():
    swap = {"drift": -86.41, "frequency": None, "score": None}
    summary = {"swap": {"rate": swap}, "drift_after": {"lif": 1.5, "rate": None}}
    assert table(summary).splitlines() == [
        "rate on the decoders of the other: drift -86.41 ms/s, frequency - Hz, score -",
        "drift_after          lif 1.5, rate - ms/s",
    ]


def test_what_is_none_has_no_line():
    summary = {"Q": 0.123456, "rms_after": None, "seed": 3, "figures": ["a.png", "b.png"]}
    assert table(summary).splitlines() == [
        "Q                    0.1235 mV",
        "seed                 3",
        "figures              a.png, b.png",
    ]
