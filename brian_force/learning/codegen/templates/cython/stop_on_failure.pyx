    if _found != FINITE and {{_failure}} == FINITE:
        {{_failure}} = _found
        {{_failure_time}} = {{t}}
    if {{_failure}} != FINITE:
        _owner.stop_run()
