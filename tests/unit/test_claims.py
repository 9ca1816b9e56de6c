from brian_force.studies.claims import CLAIMS, DONE, HIGH, SHARP
from brian_force.studies.registry import STUDIES


def test_there_are_ten_claims_each_with_a_criterion():
    assert list(CLAIMS) == list(range(1, 11))
    assert all(
        claim.text.endswith(".") and claim.criterion.endswith(".") for claim in CLAIMS.values()
    )


def test_criteria_name_their_thresholds():
    assert str(DONE) in CLAIMS[3].criterion
    assert str(HIGH) in CLAIMS[2].criterion
    assert str(SHARP) in CLAIMS[4].criterion


def test_every_claim_is_tested_by_a_study():
    tested = {claim for study in STUDIES.values() for claim in study.claims}
    assert tested == set(CLAIMS)
