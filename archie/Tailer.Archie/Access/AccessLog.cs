using System.Net;

namespace Tailer.Archie;

internal static partial class AccessLog
{
    [LoggerMessage(5001, LogLevel.Warning, "refused {Method} {Path} from {Address}: {Code}")]
    public static partial void Refused(ILogger logger, string method, string path, IPAddress? address, string code);
}
