using Microsoft.Extensions.Logging;

namespace Tailer.Hosting;

/// <summary>The names of log levels in configuration and in <c>TAILER_LOG</c>.</summary>
internal static class LogLevelText
{
    public static readonly (string Name, LogLevel Value)[] Choices =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information),
        ("warning", LogLevel.Warning), ("error", LogLevel.Error), ("off", LogLevel.None),
    ];

    /// <summary>Reads <c>log_level</c>; the environment variable, for a quick look without touching the file, wins.</summary>
    public static LogLevel Read(ConfigSection section)
    {
        LogLevel level = section.Choice("log_level", LogLevel.Information, Choices);
        string? variable = Environment.GetEnvironmentVariable("TAILER_LOG");
        foreach ((string name, LogLevel value) in Choices)
        {
            if (name.Equals(variable, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        return level;
    }
}
