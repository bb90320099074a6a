using Microsoft.Extensions.Logging;

namespace Tailer.Hosting;

/// <summary>Writes each log record as one line to a text writer (stderr):
/// <c>2026-03-01T12:00:00.123Z INF 2001 message</c>. Errors are followed by their stack trace, indented.</summary>
/// <remarks>Writes under a lock on the calling thread, so the last words before a crash are not lost in a queue. A reader
/// of stderr that stops reading will hold the process up; supervisors (systemd, containers) never do.</remarks>
internal sealed class LineLoggerProvider(TextWriter writer, LogLevel minimum, TimeProvider time) : ILoggerProvider
{
    private readonly Lock gate = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, CategoryMinimum(categoryName));

    public void Dispose()
    {
    }

    // The web server narrates every request at Information; only its warnings matter to an operator.
    private LogLevel CategoryMinimum(string category) =>
        category.StartsWith("Microsoft.", StringComparison.Ordinal) || category.StartsWith("System.", StringComparison.Ordinal)
            ? (LogLevel)Math.Max((int)minimum, (int)LogLevel.Warning)
            : minimum;

    private void Write(LogLevel level, EventId id, string message, Exception? exception)
    {
        string line = LogLine.Format(time.GetUtcNow(), level, id.Id, message, exception);
        lock (gate)
            writer.WriteLine(line);
    }

    private sealed class LineLogger(LineLoggerProvider provider, LogLevel minimum) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                provider.Write(logLevel, eventId, formatter(state, exception), exception);
        }
    }
}
