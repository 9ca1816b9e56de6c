    if (_found != FINITE && {{_failure}} == FINITE)
    {
        {{_failure}} = _found;
        {{_failure_time}} = {{t}};
    }
    if ({{_failure}} != FINITE) Network::_globally_stopped = true;
