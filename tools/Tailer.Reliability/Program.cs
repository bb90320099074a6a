using Tailer.Reliability;
using Tailer.Testing;

const string Usage = "usage: tools/reliability list | all | NAME... [--short] [--markdown FILE]";

if (args is [WriterProcess.Word, .. string[] rest])
    return FastWriter.Serve(WriterOptions.FromArguments(rest));

var names = new List<string>();
ScenarioSize size = ScenarioSize.Full;
string? markdown = null;
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--short")
        size = ScenarioSize.Short;
    else if (args[i] == "--markdown" && i + 1 < args.Length)
        markdown = args[++i];
    else if (args[i].StartsWith('-'))
        return Refuse($"'{args[i]}' is no option, or lacks its file");
    else
        names.Add(args[i]);
}
if (names.FirstOrDefault(name => name is not ("list" or "all") && ScenarioList.All.All(s => s.Name != name) && TrialList.All.All(t => t.Name != name)) is { } unknown)
    return Refuse($"nothing is called '{unknown}'; tools/reliability list shows what there is");
if (names.Count == 0)
    return Refuse("nothing to do");
if (names.Contains("list"))
{
    foreach (Scenario scenario in ScenarioList.All)
        Console.WriteLine($"{scenario.Name,-26} {scenario.Description}");
    foreach (Trial trial in TrialList.All)
        Console.WriteLine($"{trial.Name,-26} {trial.Description}");
    return 0;
}

Scenario[] chosen = [.. ScenarioList.All.Where(s => names.Contains("all") || names.Contains(s.Name))];
Trial[] trials = [.. TrialList.All.Where(t => names.Contains("all") || names.Contains(t.Name))];
if (size == ScenarioSize.Full)
    TailerRun.AgentExecutable = AgentPackage.Executable;
bool kept = true;
foreach (Scenario scenario in chosen)
{
    await Console.Error.WriteLineAsync($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {scenario.Name}: {scenario.Description}");
    Outcome outcome = await scenario.Run(size);
    // What is promised is checked: Tailer loses nothing unreported and repeats nothing.
    kept &= outcome.System != Outcome.Tailer || outcome.KeepsPromise;
    OutcomeTable.Keep(scenario, outcome);
    await Console.Error.WriteLineAsync($"         {outcome}");
}
foreach (Trial trial in trials)
{
    await Console.Error.WriteLineAsync($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {trial.Name}: {trial.Description}");
    TrialOutcome outcome = await trial.Run(size);
    kept &= outcome.KeepsPromise;
    OutcomeTable.Keep(trial, outcome);
    await Console.Error.WriteLineAsync($"         {outcome}");
}
foreach (string line in chosen.Length > 0 ? OutcomeTable.Lines(chosen) : [])
    Console.WriteLine(line);
foreach (string line in trials.Length > 0 ? OutcomeTable.Lines(trials) : [])
    Console.WriteLine(line);
if (markdown is not null)
    OutcomeTable.WriteInto(markdown);
return kept ? 0 : 1;

static int Refuse(string problem)
{
    Console.Error.WriteLine($"tools/reliability: {problem}");
    Console.Error.WriteLine(Usage);
    return 64;
}
