{# Arrays by their names on the host: in the memory of the device, and the clock, which is not. #}
{% macro dev(name) %}
{{get_array_name(variables[name], access_data=True, prefix='dev')}}
{%- endmacro %}

{% macro failure_of_now() %}
const Failure _failure = { {{dev('_failure')}}, {{dev('_failure_time')}}, {{get_array_name(variables['t'], prefix='')}}[0] };
{%- endmacro %}
