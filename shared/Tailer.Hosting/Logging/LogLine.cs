using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Tailer.Hosting;

/// <summary>The text form of one log record.</summary>
internal static class LogLine
{
    public static string Format(DateTimeOffset time, LogLevel level, int eventId, string message, Exception? exception)
    {
        var line = new StringBuilder(message.Length + 48);
        line.Append(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Name(level)} {eventId} ");
        AppendOneLine(line, message);
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            line.Append(": ").Append(e.GetType().Name).Append(": ");
            AppendOneLine(line, e.Message);
        }

        if (exception is not null && level >= LogLevel.Error)
        {
            foreach (string frame in exception.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
                line.Append("\n    ").Append(frame.Trim());
        }

        return line.ToString();
    }

    // A message may quote foreign text: control characters must not forge a second record.
    private static void AppendOneLine(StringBuilder line, string text)
    {
        foreach (char c in text)
        {
            if (c == '\n')
                line.Append("\\n");
            else if (!char.IsControl(c))
                line.Append(c);
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRC",
        LogLevel.Debug => "DBG",
        LogLevel.Information => "INF",
        LogLevel.Warning => "WRN",
        LogLevel.Error => "ERR",
        _ => "CRT",
    };
}
