using System.Text;
using Microsoft.Extensions.Logging;

namespace Tailer.Agent.Tests;

/// <summary>What the agent logs, among what was done to it.</summary>
internal sealed class HistoryLog(StringBuilder history) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        history.Append("    ").AppendLine(formatter(state, exception));
}
