namespace Tailer.Cli.Up;

/// <summary>Names of everything in the state directory.</summary>
internal sealed record UpLayout(string Root)
{
    public string StateFile => Path.Combine(Root, "up.json");

    public string Keys => Path.Combine(Root, "keys");

    public string TokenFile => Path.Combine(Keys, "token");

    public string Config => Path.Combine(Root, "config");

    public string Log => Path.Combine(Root, "log");

    public string Recent => Path.Combine(Root, "recent");

    public string Archive => Path.Combine(Root, "archive");

    public string History => Path.Combine(Root, "history");

    public string DemoLogs => Path.Combine(Root, "demo-logs");

    public string Credential(string name) => Path.Combine(Keys, name + ".credential");

    public string ConfigOf(string name) => Path.Combine(Config, name + ".yaml");

    public string LogOf(string name) => Path.Combine(Log, name + ".log");

    public string StateOf(string name) => Path.Combine(Root, name);
}
