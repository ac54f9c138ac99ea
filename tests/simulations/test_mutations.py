"""A script with one line spoilt is never a traceback. The run over every line is `floorready soak scripts`."""

from tests.simulations.mutations import fault_of, mutants


def test_one_spoilt_line_gives_a_located_finding_or_a_script_that_is_still_valid():
    faults = {name: fault for name, text in mutants(every=97) if (fault := fault_of(text))}
    assert faults == {}
