"""What a user reads who gives something wrong: every message, word for word.

A message says what was wrong, what is allowed, what was got and, where that is not plain, what to
do. Brian wraps what is raised just before a run; `run` takes the wrapping off.
"""

import numpy as np
import pytest
from brian2 import (
    BrianObjectException,
    DimensionMismatchError,
    Hz,
    Network,
    NeuronGroup,
    Synapses,
    TimedArray,
    ms,
    mV,
    second,
    set_device,
)

from brian_force import (
    LMS,
    RLS,
    LIFParameters,
    PythonRule,
    Readout,
    RecurrentDrive,
    Stimulus,
    UnsupportedDeviceError,
    lif_network,
    load_recording,
    tasks,
    train,
)
from brian_force.tasks import Task

RULE = RLS(1e-6 * second**2, dt=2 * ms)
TARGET = "sin(30*t/second)"
SECONDS = {"learn_from": 1 * second, "learn_until": 2 * second, "duration": 3 * second}


def neurons():
    return NeuronGroup(
        4,
        """r : Hz
           rate : Hz
           drive = 2*r : Hz
           feedback : 1
           current : amp
           level : 1 (shared)
           fixed : 1 (constant)
           number : integer""",
        dt=1 * ms,
        name="neurons",
    )


def readout(activity="r", **keywords):
    group = neurons()
    return group, Readout(group, activity, name="readout", **keywords)


def learner(**keywords):
    return readout(**{"target": TARGET, "rule": RULE, **keywords})


def run(*objects, duration=4 * ms):
    try:
        Network(*objects).run(duration)
    except BrianObjectException as error:
        raise error.__cause__ from None


def run_learner(learn_from=None, learn_until=None, **keywords):
    group, made = learner(**keywords)
    if learn_from is not None:
        made.learn_from = learn_from
    if learn_until is not None:
        made.learn_until = learn_until
    run(group, made)


def two_into_one(**second_keywords):
    group = neurons()
    fed = {"target": TARGET, "feedback": "feedback", "encoders": np.ones(4)}
    first = Readout(group, "r", name="first", **fed)
    second = Readout(group, "r", name="second", **{**fed, **second_keywords})
    run(group, first, second)


def drive_over(synapses, weight="weight", activity="r", target="rate", ahead=None):
    names = {"activity": activity, "target": target, "ahead": ahead}
    return RecurrentDrive(synapses, weight, **names, name="drive")


def drive(**names):
    group = neurons()
    model = "weight : 1 (constant)\nchanging : 1"
    synapses = Synapses(group, group, model, name="synapses")
    synapses.connect()
    return group, synapses, drive_over(synapses, **names)


def stimulus(parameter="feedback", signal=1.0, **options):
    group = neurons()
    return group, Stimulus(
        group, parameter, signal=signal, encoders=np.ones(4), name="stimulus", **options
    )


def drive_and_stimulus():
    group, synapses, driven = drive()
    encoders = np.ones(4) * Hz
    run(group, synapses, driven, Stimulus(group, "rate", signal=1.0, encoders=encoders, name="cue"))


def in_standalone(make):
    set_device("cpp_standalone", build_on_run=False)
    make()


def task(**changes):
    fields = {
        "name": "mine",
        "signal": lambda times: np.zeros((len(times), 1)),
        "n_outputs": 1,
        "G": 0.1 * mV / Hz,
        "Q": 10 * mV,
        "learning_rate": 1e-6 * second**2,
        "source": "test",
        **SECONDS,
    }
    return Task(**{**fields, **changes})


def plain(signal):
    return task(signal=signal).target([0, 1] * second)


# (the call, the kind of error, the whole message)
MESSAGES = {
    # A readout, when it is made
    "source that is no group": (
        lambda: Readout("neurons", "r"),
        TypeError,
        (
            "The 'source' argument of Readout must be a NeuronGroup or a Subgroup, but got "
            "'neurons'."
        ),
    ),
    "activity with a near name": (
        lambda: readout("rates"),
        ValueError,
        (
            "The 'activity' argument of Readout must be the name of a variable of 'neurons' "
            "with one number for each neuron, but got 'rates'. Did you mean 'rate'? Known: "
            "current, feedback, fixed, r, rate."
        ),
    ),
    "activity without a near name": (
        lambda: readout("xyz"),
        ValueError,
        (
            "The 'activity' argument of Readout must be the name of a variable of 'neurons' "
            "with one number for each neuron, but got 'xyz'. Known: current, feedback, fixed,"
            " r, rate."
        ),
    ),
    "activity that is no string": (
        lambda: readout(3),
        ValueError,
        (
            "The 'activity' argument of Readout must be the name of a variable of 'neurons' "
            "with one number for each neuron, but got 3. Known: current, feedback, fixed, r, "
            "rate."
        ),
    ),
    "activity that is a subexpression": (
        lambda: readout("drive"),
        ValueError,
        (
            "The 'activity' argument of Readout must be the name of a variable of 'neurons' "
            "with one number for each neuron, but got 'drive'. Known: current, feedback, "
            "fixed, r, rate."
        ),
    ),
    "activity that is shared": (
        lambda: readout("level"),
        ValueError,
        (
            "The 'activity' argument of Readout must be the name of a variable of 'neurons' "
            "with one number for each neuron, but got 'level'. Known: current, feedback, "
            "fixed, r, rate."
        ),
    ),
    "activity that is whole numbers": (
        lambda: readout("number"),
        ValueError,
        (
            "The 'activity' argument of Readout must be the name of a variable of 'neurons' "
            "with one number for each neuron, but got 'number'. Known: current, feedback, "
            "fixed, r, rate."
        ),
    ),
    "rule that is none": (
        lambda: readout(target=TARGET, rule="RLS"),
        TypeError,
        ("The 'rule' argument of Readout must be RLS, LMS, PythonRule or None, but got 'RLS'."),
    ),
    "rule that is a class": (
        lambda: readout(target=TARGET, rule=RLS),
        TypeError,
        (
            "The 'rule' argument of Readout must be RLS, LMS, PythonRule or None, but got "
            "<class 'brian_force.learning.rules.RLS'>. Write RLS(learning_rate)."
        ),
    ),
    "rule without target": (
        lambda: readout(rule=RULE),
        ValueError,
        (
            "The 'target' argument of Readout must be given with a rule, but got None. Say "
            "what the output shall be."
        ),
    ),
    "feedback without encoders": (
        lambda: readout(feedback="feedback"),
        ValueError,
        (
            "The 'encoders' argument of Readout must be given with 'feedback', but got None. "
            "Give encoders='2*rand() - 1' or an array of shape (N, K)."
        ),
    ),
    "encoders without feedback": (
        lambda: readout(encoders=np.ones(4)),
        ValueError,
        (
            "The 'feedback' argument of Readout must be given with 'encoders', but got None. "
            "Name the parameter that receives encoders @ z."
        ),
    ),
    "feedback with a near name": (
        lambda: readout(feedback="feedbak", encoders=np.ones(4)),
        ValueError,
        (
            "The 'feedback' argument of Readout must be the name of a parameter of 'neurons',"
            " neither constant nor shared, but got 'feedbak'. Did you mean 'feedback'? Known:"
            " current, feedback, r, rate."
        ),
    ),
    "feedback that is shared": (
        lambda: readout(feedback="level", encoders=np.ones(4)),
        ValueError,
        (
            "The 'feedback' argument of Readout must be the name of a parameter of 'neurons',"
            " neither constant nor shared, but got 'level'. Known: current, feedback, r, "
            "rate."
        ),
    ),
    "feedback that is constant": (
        lambda: readout(feedback="fixed", encoders=np.ones(4)),
        ValueError,
        (
            "The 'feedback' argument of Readout must be the name of a parameter of 'neurons',"
            " neither constant nor shared, but got 'fixed'. Known: current, feedback, r, "
            "rate."
        ),
    ),
    "feedback that is a subexpression": (
        lambda: readout(feedback="drive", encoders=np.ones(4)),
        ValueError,
        (
            "The 'feedback' argument of Readout must be the name of a parameter of 'neurons',"
            " neither constant nor shared, but got 'drive'. Known: current, feedback, r, "
            "rate."
        ),
    ),
    "unknown name in a target": (
        lambda: learner(target="sin(omgea*t)", namespace={"omega": 30 * Hz}),
        ValueError,
        (
            "The 'target' argument of Readout must be an expression of t, dt, i and names "
            "that are defined where it is written, but got 'omgea'. Did you mean 'omega'?"
        ),
    ),
    "target of two units": (
        lambda: learner(target="t + 1"),
        ValueError,
        (
            "The 'target' argument of Readout must be an expression that Brian can evaluate, "
            "but got 't + 1' (Expression 't + 1' uses inconsistent units ('t' has unit s; '1'"
            " has unit 1).)."
        ),
    ),
    "target with a syntax error": (
        lambda: learner(target="sin(t/second"),
        ValueError,
        (
            "The 'target' argument of Readout must be an expression that Brian can evaluate, "
            "but got 'sin(t/second' ('(' was never closed (<unknown>, line 1))."
        ),
    ),
    "target with nan": (
        lambda: learner(target=np.array([0, np.nan, 1])),
        ValueError,
        ("The 'target' argument of Readout must be finite everywhere, but got nan at index 1."),
    ),
    "table of a target with infinity": (
        lambda: learner(target=TimedArray([[1, 2], [3, np.inf]], dt=1 * ms)),
        ValueError,
        (
            "The 'target' argument of Readout must be finite everywhere, but got inf at index"
            " (1, 1)."
        ),
    ),
    "target of three dimensions": (
        lambda: learner(target=np.zeros((5, 2, 2))),
        ValueError,
        (
            "The 'target' argument of Readout must be of shape (T,) or (T, K), one column per"
            " output, but got shape (5, 2, 2)."
        ),
    ),
    "empty target": (
        lambda: learner(target=np.zeros(0)),
        ValueError,
        (
            "The 'target' argument of Readout must be of shape (T,) or (T, K), one column per"
            " output, but got shape (0,)."
        ),
    ),
    "target that is an object": (
        lambda: learner(target={"z": 1}),
        TypeError,
        (
            "The 'target' argument of Readout must be a string, a TimedArray, an array or a "
            "constant, but got {'z': 1}."
        ),
    ),
    "outputs of target and decoders": (
        lambda: learner(target=np.zeros((5, 3)), decoders=np.zeros((4, 2)) / Hz),
        ValueError,
        (
            "The 'decoders' argument of Readout must be for as many outputs as 'target' "
            "(K=3), but got K=2."
        ),
    ),
    "outputs of n_outputs and target": (
        lambda: learner(target=np.zeros((5, 3)), n_outputs=2),
        ValueError,
        (
            "The 'target' argument of Readout must be for as many outputs as 'n_outputs' "
            "(K=2), but got K=3."
        ),
    ),
    "outputs that are no number": (
        lambda: learner(n_outputs=1.5),
        ValueError,
        ("The 'n_outputs' argument of Readout must be a whole number of at least 1, but got 1.5."),
    ),
    "decoders of another shape": (
        lambda: learner(decoders=np.zeros(5) / Hz),
        ValueError,
        (
            "The 'decoders' argument of Readout must be an array of shape (4, 1), one row per"
            " neuron, or a string, but got shape (5,)."
        ),
    ),
    "decoders without unit": (
        lambda: learner(decoders=np.ones(4)),
        DimensionMismatchError,
        ("The 'decoders' argument of Readout must be in units of 1/hertz, but got units of 1."),
    ),
    "decoders with nan": (
        lambda: learner(decoders=np.full(4, np.nan) / Hz),
        ValueError,
        "The 'decoders' argument of Readout must be finite, but got values that are not.",
    ),
    "encoders of another shape": (
        lambda: learner(feedback="feedback", encoders=np.ones((2, 4))),
        ValueError,
        (
            "The 'encoders' argument of Readout must be an array of shape (4, 4), one row per"
            " neuron, or a string, but got shape (2, 4)."
        ),
    ),
    "encoders without unit": (
        lambda: learner(feedback="current", encoders=np.ones(4)),
        DimensionMismatchError,
        "The 'encoders' argument of Readout must be in units of amp, but got units of 1.",
    ),
    "encoders with an unknown name": (
        lambda: learner(feedback="feedback", encoders="eta*rand()"),
        ValueError,
        (
            "The 'encoders' argument of Readout must be an expression of i, j and names that "
            "are defined where it is written, but got 'eta*rand()' ('The identifier \"eta\" "
            "could not be resolved.')."
        ),
    ),
    "P without RLS": (
        lambda: learner(rule=LMS(1e-6 * second**2), P=np.eye(4) * second**2),
        ValueError,
        ("The 'P' argument of Readout must be left out unless the rule is RLS, but got a matrix."),
    ),
    "P of another shape": (
        lambda: learner(P=np.eye(3) * second**2),
        ValueError,
        "The 'P' argument of Readout must be of shape (4, 4), but got shape (3, 3).",
    ),
    "P that is not symmetric": (
        lambda: learner(P=np.tri(4) * second**2),
        ValueError,
        "The 'P' argument of Readout must be symmetric, but got a matrix that is not.",
    ),
    "P without unit": (
        lambda: learner(P=np.eye(4)),
        DimensionMismatchError,
        "The 'P' argument of Readout must be in units of second**2, but got 1.",
    ),
    "learning rate of another unit": (
        lambda: learner(rule=RLS(1e-6)),
        DimensionMismatchError,
        (
            "The 'learning_rate' argument of RLS must be in units of second**2, but got "
            "1e-06. Write 1e-06*second**2."
        ),
    ),
    # A readout, later
    "dt of the rule": (
        lambda: run_learner(rule=RLS(1e-6 * second**2, dt=1.5 * ms)),
        ValueError,
        (
            "The 'dt' of the RLS rule must be a multiple of the network's dt (1 ms), but got "
            "1.5 ms. Use 1 ms or 2 ms."
        ),
    ),
    "dt of the rule below that of the network": (
        lambda: run_learner(rule=RLS(1e-6 * second**2, dt=0.4 * ms)),
        ValueError,
        (
            "The 'dt' of the RLS rule must be a multiple of the network's dt (1 ms), but got "
            "0.4 ms. Use 1 ms or 2 ms."
        ),
    ),
    "window beyond the target": (
        lambda: run_learner(target=np.zeros(10), learn_until=1 * second),
        ValueError,
        (
            "The 'learn_until' argument of Readout must be within the target, which ends at "
            "0.02 s, but got 1 s."
        ),
    ),
    "window that ends before it begins": (
        lambda: run_learner(learn_from=2 * second, learn_until=1 * second),
        ValueError,
        ("The 'learn_until' argument of Readout must be at least learn_from (2 s), but got 1 s."),
    ),
    "two readouts into one parameter": (
        two_into_one,
        ValueError,
        (
            "'first' and 'second' both write into 'feedback' of 'neurons'. Give each"
            " a parameter of its own and add them in the equations."
        ),
    ),
    "change of a wrong shape": (
        lambda: run_learner(rule=PythonRule(lambda r, error, decoders: error)),
        ValueError,
        (
            "The function of PythonRule must return an array of shape (4, 1), but returned "
            "shape (1,)."
        ),
    ),
    "unknown run argument": (
        lambda: learner()[1].run_args(decoder=np.zeros(4) / Hz),
        TypeError,
        (
            "Readout 'readout' has no run argument 'decoder'. Did you mean 'decoders'? Known:"
            " P, decoders, learn_from, learn_until, learning, learning_rate."
        ),
    ),
    "infinite run argument": (
        lambda: learner()[1].run_args(learn_until=np.inf * second),
        ValueError,
        ("The 'learn_until' argument of run_args must be one finite number, but got inf*second."),
    ),
    "run argument without unit": (
        lambda: learner()[1].run_args(learn_from=1),
        DimensionMismatchError,
        (
            "The 'learn_from' argument of run_args must be in units of second, but got 1. "
            "Write 1*second."
        ),
    ),
    "encoders that are not there": (
        lambda: learner()[1].encoders,
        AttributeError,
        "Readout 'readout' has no encoders, because it has no feedback.",
    ),
    "PythonRule in standalone": (
        lambda: in_standalone(lambda: learner(rule=PythonRule(np.outer))),
        UnsupportedDeviceError,
        (
            "PythonRule(function=outer, dt=None) runs on the runtime targets only, and Brian "
            "would drop it without a word. Use RLS or LMS, or set_device('runtime')."
        ),
    ),
    "P that is not there": (
        lambda: readout()[1].P,
        AttributeError,
        "Readout 'readout' has no P, because its rule is not RLS.",
    ),
    # A drive
    "synapses that are none": (
        lambda: drive_over("synapses"),
        TypeError,
        "The 'synapses' argument of RecurrentDrive must be Synapses, but got 'synapses'.",
    ),
    "weight that is not constant": (
        lambda: drive(weight="changing"),
        ValueError,
        (
            "The 'weight' argument of RecurrentDrive must be the name of a parameter of "
            "'synapses' that is declared (constant), but got 'changing'. Write 'changing : 1 "
            "(constant)' in its equations."
        ),
    ),
    "weight with a near name": (
        lambda: drive(weight="wieght"),
        ValueError,
        (
            "The 'weight' argument of RecurrentDrive must be the name of a parameter of "
            "'synapses' that is declared (constant), but got 'wieght'. Did you mean 'weight'?"
            " Known: weight."
        ),
    ),
    "activity of a drive": (
        lambda: drive(activity="rats"),
        ValueError,
        (
            "The 'activity' argument of RecurrentDrive must be the name of a variable of "
            "'neurons' with one number for each neuron, but got 'rats'. Did you mean 'rate'? "
            "Known: current, feedback, fixed, r, rate."
        ),
    ),
    "target of a drive": (
        lambda: drive(target="fixed"),
        ValueError,
        (
            "The 'target' argument of RecurrentDrive must be the name of a parameter of "
            "'neurons', neither constant nor shared, but got 'fixed'. Known: current, "
            "feedback, r, rate."
        ),
    ),
    "unit of a drive": (
        lambda: drive(target="current"),
        DimensionMismatchError,
        (
            "The 'target' argument of RecurrentDrive must be in units of 'weight' times 'r', "
            "but got amp for hertz."
        ),
    ),
    "next activity that is no expression": (
        lambda: drive(ahead=2 * Hz),
        TypeError,
        (
            "The 'ahead' argument of RecurrentDrive must be an expression of 'neurons' or None, "
            "but got 2. * hertz."
        ),
    ),
    "unit of the next activity": (
        lambda: drive(ahead="r*dt"),
        DimensionMismatchError,
        (
            "The 'ahead' argument of RecurrentDrive must be in units of 'r', hertz, but got 1 for "
            "'r*dt'."
        ),
    ),
    "drive and stimulus into one parameter": (
        drive_and_stimulus,
        ValueError,
        (
            "'cue' and 'drive' both write into 'rate' of 'neurons'. Give each a parameter of "
            "its own and add them in the equations."
        ),
    ),
    # A stimulus
    "group that is none": (
        lambda: Stimulus("neurons", "feedback", signal=1.0, encoders=np.ones(4)),
        TypeError,
        (
            "The 'group' argument of Stimulus must be a NeuronGroup or a Subgroup, but got "
            "'neurons'."
        ),
    ),
    "parameter with a near name": (
        lambda: stimulus(parameter="feedbak"),
        ValueError,
        (
            "The 'parameter' argument of Stimulus must be the name of a parameter of "
            "'neurons', neither constant nor shared, but got 'feedbak'. Did you mean "
            "'feedback'? Known: current, feedback, r, rate."
        ),
    ),
    "unknown name in a signal": (
        lambda: stimulus(signal="sin(omgea*t)", namespace={"omega": 30 * Hz}),
        ValueError,
        (
            "The 'signal' argument of Stimulus must be an expression of t, dt, i and names "
            "that are defined where it is written, but got 'omgea'. Did you mean 'omega'?"
        ),
    ),
    "signal of two units": (
        lambda: stimulus(signal="t + 1"),
        ValueError,
        (
            "The 'signal' argument of Stimulus must be an expression that Brian can evaluate,"
            " but got 't + 1' (Expression 't + 1' uses inconsistent units ('t' has unit s; "
            "'1' has unit 1).)."
        ),
    ),
    "signal that is an object": (
        lambda: stimulus(signal={"u": 1}),
        TypeError,
        (
            "The 'signal' argument of Stimulus must be a string, a TimedArray, an array or a "
            "constant, but got {'u': 1}."
        ),
    ),
    "signal with infinity": (
        lambda: stimulus(signal=[1, np.inf]),
        ValueError,
        ("The 'signal' argument of Stimulus must be finite everywhere, but got inf at index 1."),
    ),
    # Rules
    "learning rate that is negative": (
        lambda: RLS(-1e-6 * second**2),
        ValueError,
        (
            "The 'learning_rate' argument of RLS must be one finite number, positive, but got"
            " -1e-06*second**2."
        ),
    ),
    "learning rate that is text": (
        lambda: LMS("fast"),
        TypeError,
        "The 'learning_rate' argument of LMS must be a number, but got 'fast'.",
    ),
    "dt without unit": (
        lambda: RLS(1e-6 * second**2, dt=2.5),
        DimensionMismatchError,
        ("The 'dt' argument of RLS must be in units of second, but got 2.5. Write 2.5*second."),
    ),
    "dt in volts": (
        lambda: LMS(1e-6 * second**2, dt=2.5 * mV),
        DimensionMismatchError,
        (
            "The 'dt' argument of LMS must be in units of second, but got 0.0025*volt. Write "
            "it in second."
        ),
    ),
    "dt that is zero": (
        lambda: RLS(1e-6 * second**2, dt=0 * ms),
        ValueError,
        "The 'dt' argument of RLS must be one finite number, positive, but got 0*ms.",
    ),
    "gain with another name": (
        lambda: RLS(1e-6 * second**2, gain="postrior"),
        ValueError,
        "The 'gain' argument of RLS must be 'posterior' or 'prior', but got 'postrior'.",
    ),
    "precision with another name": (
        lambda: RLS(1e-6 * second**2, precision="float16"),
        ValueError,
        ("The 'precision' argument of RLS must be 'float64' or 'float32', but got 'float16'."),
    ),
    "forgetting above 1": (
        lambda: RLS(1e-6 * second**2, forgetting=1.01),
        ValueError,
        "The 'forgetting' argument of RLS must be at most 1, but got 1.01.",
    ),
    "forgetting with a unit": (
        lambda: RLS(1e-6 * second**2, forgetting=0.99 * ms),
        DimensionMismatchError,
        (
            "The 'forgetting' argument of RLS must be a number without unit, but got 0.99*ms."
            " Divide it by its unit."
        ),
    ),
    "forgetting that is zero": (
        lambda: RLS(1e-6 * second**2, forgetting=0),
        ValueError,
        "The 'forgetting' argument of RLS must be one finite number, positive, but got 0.",
    ),
    "function that is none": (
        lambda: PythonRule("r*error"),
        TypeError,
        (
            "The 'function' argument of PythonRule must be a function of (r, error, "
            "decoders), but got 'r*error'."
        ),
    ),
    # Networks and tasks
    "G without unit": (
        lambda: LIFParameters(G=0.1),
        DimensionMismatchError,
        (
            "The 'G' argument of LIFParameters must be in units of mV/Hz, but got 0.1. Write "
            "0.1*mV/Hz."
        ),
    ),
    "G in another unit": (
        lambda: LIFParameters(G=0.1 * mV),
        DimensionMismatchError,
        (
            "The 'G' argument of LIFParameters must be in units of mV/Hz, but got "
            "0.0001*volt. Write it in mV/Hz."
        ),
    ),
    "Q that is negative": (
        lambda: LIFParameters(Q=-10 * mV),
        ValueError,
        (
            "The 'Q' argument of LIFParameters must be one finite number, not negative, but "
            "got -10*mV."
        ),
    ),
    "one neuron": (
        lambda: LIFParameters(n_neurons=1),
        ValueError,
        (
            "The 'n_neurons' argument of LIFParameters must be a whole number of at least 2, "
            "but got 1."
        ),
    ),
    "neurons that are no whole number": (
        lambda: LIFParameters(n_neurons=100.0),
        ValueError,
        (
            "The 'n_neurons' argument of LIFParameters must be a whole number of at least 2, "
            "but got 100.0."
        ),
    ),
    "probability above 1": (
        lambda: LIFParameters(connection_probability=1.5),
        ValueError,
        (
            "The 'connection_probability' argument of LIFParameters must be above 0 and at "
            "most 1, but got 1.5."
        ),
    ),
    "threshold below reset": (
        lambda: LIFParameters(v_threshold=-70 * mV),
        ValueError,
        (
            "The 'v_threshold' argument of LIFParameters must be above 'v_reset' (-65. mV), "
            "but got -70. mV."
        ),
    ),
    "several values": (
        lambda: LIFParameters(tau_m=[10, 20] * ms),
        ValueError,
        (
            "The 'tau_m' argument of LIFParameters must be one finite number, positive, but "
            "got array([10., 20.]) * msecond."
        ),
    ),
    "signal that is no function": (
        lambda: task(signal=np.zeros(5)),
        TypeError,
        (
            "The 'signal' argument of Task must be a function of the times in seconds, but "
            "got array([0., 0., 0., 0., 0.])."
        ),
    ),
    "no outputs": (
        lambda: task(n_outputs=0),
        ValueError,
        ("The 'n_outputs' argument of Task must be a whole number of at least 1, but got 0."),
    ),
    "window in the wrong order": (
        lambda: task(learn_from=2.5 * second),
        ValueError,
        ("The 'learn_from' argument of Task must be before 'learn_until' (2. s), but got 2.5 s."),
    ),
    "window beyond the run": (
        lambda: task(learn_until=4 * second),
        ValueError,
        ("The 'learn_until' argument of Task must be within 'duration' (3. s), but got 4. s."),
    ),
    "window without unit": (
        lambda: task(learn_from=1),
        DimensionMismatchError,
        (
            "The 'learn_from' argument of Task must be in units of second, but got 1. Write "
            "1*second."
        ),
    ),
    "signal of another shape": (
        lambda: plain(lambda times: times),
        ValueError,
        (
            "The 'signal' argument of the task 'mine' must be a function that gives finite "
            "numbers of shape (2, 1), but got shape (2,)."
        ),
    ),
    "signal with nan": (
        lambda: plain(lambda times: np.full((len(times), 1), np.nan)),
        ValueError,
        (
            "The 'signal' argument of the task 'mine' must be a function that gives finite "
            "numbers of shape (2, 1), but got values that are not finite."
        ),
    ),
    "times without unit": (
        lambda: tasks.sine().target([0, 1]),
        DimensionMismatchError,
        "The 'times' argument of Task.target must be in units of second, but got [0, 1].",
    ),
    "frequency in seconds": (
        lambda: tasks.sine(0.2 * second),
        DimensionMismatchError,
        (
            "The 'frequency' argument of tasks.sine must be in units of hertz, but got "
            "200*ms. Write it in hertz."
        ),
    ),
    "unknown task": (
        lambda: tasks.get("sinus"),
        ValueError,
        (
            "The 'name' argument of tasks.get must be one of the known names, but got "
            "'sinus'. Did you mean 'sine'? Known: fourier, lorenz, noisy_product_of_sines, "
            "ode_to_joy, ode_to_joy_long, pitchfork, product_of_sines, sawtooth, sine, "
            "van_der_pol, van_der_pol_relaxation."
        ),
    ),
    "seed that is negative": (
        lambda: lif_network(tasks.sine(), LIFParameters(n_neurons=10), seed=-1),
        ValueError,
        ("The 'seed' argument of lif_network must be a whole number of at least 0, but got -1."),
    ),
    "too few synapses": (
        lambda: lif_network(tasks.sine(), LIFParameters(n_neurons=10), seed=1, n_synapses=2),
        ValueError,
        (
            "The 'n_synapses' argument of lif_network must be at least the number of synapses"
            " drawn (8), but got 2."
        ),
    ),
    "learning rate without unit": (
        lambda: lif_network(tasks.sine(), seed=1, learning_rate=1e-6),
        DimensionMismatchError,
        (
            "The 'learning_rate' argument of Task must be in units of second**2, but got "
            "1e-06. Write 1e-06*second**2."
        ),
    ),
    # Training and recordings
    "another model": (
        lambda: train(tasks.sine(), "rates"),
        ValueError,
        "The 'model' argument of train must be 'lif' or 'rate', but got 'rates'.",
    ),
    "another device": (
        lambda: train(tasks.sine(), device="gpu"),
        ValueError,
        (
            "The 'device' argument of train must be 'auto', 'cpp', 'cython', 'numpy' or 'cuda', "
            "but got 'gpu'."
        ),
    ),
    "argument with a near name": (
        lambda: train(tasks.sine(), n_neuron=10),
        TypeError,
        (
            "train has no argument 'n_neuron'. Did you mean 'n_neurons'? Known: G, I_bias, Q,"
            " connection_probability, dt, n_neurons, t_ref, tau_d, tau_m, tau_r, "
            "v_initial_max, v_reset, v_threshold."
        ),
    ),
    "plain number for Q": (
        lambda: train(tasks.sine(), Q=10, device="numpy"),
        DimensionMismatchError,
        ("The 'Q' argument of LIFParameters must be in units of mV, but got 10. Write 10*mV."),
    ),
    "plain number for the duration": (
        lambda: train(tasks.sine(), duration=15, device="numpy"),
        DimensionMismatchError,
        (
            "The 'duration' argument of Task must be in units of second, but got 15. Write "
            "15*second."
        ),
    ),
    "seed that is text": (
        lambda: train(tasks.sine(), seed="a", device="numpy"),
        ValueError,
        "The 'seed' argument of train must be a whole number of at least 0, but got 'a'.",
    ),
    "name for a task": (
        lambda: train("sine", device="numpy"),
        TypeError,
        ("The 'task' argument of train must be a Task, but got 'sine'. Write tasks.get('sine')."),
    ),
    "another report": (
        lambda: train(tasks.sine(), report="loud", device="numpy"),
        TypeError,
        (
            "The 'report' argument of train must be 'text', 'stdout', 'stderr', a function or"
            " None, but got 'loud'."
        ),
    ),
    "missing recording": (
        lambda: load_recording("none.h5"),
        FileNotFoundError,
        "There is no recording 'none.h5'.",
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_the_message_says_it_all(case):
    call, error, message = MESSAGES[case]
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    said = caught.value.args[0] if error is KeyError else str(caught.value)
    assert said == message
