namespace Tailer.Archie;

/// <summary>What one request may ask for, each with what happens beyond it (docs/formats/http.md).</summary>
internal static class RequestLimits
{
    /// <summary>The largest body is a history request: two times and a query. Longer: 413.</summary>
    public const long BodyBytesMax = 64 * 1024;

    /// <summary>Longer: 400.</summary>
    public const int QueryCharsMax = 4096;

    /// <summary>Greater: 400.</summary>
    public const int SearchLimitMax = 10_000;

    public const int SearchLimitDefault = 500;

    /// <summary>Greater: 400.</summary>
    public const int ContextLinesMax = 500;

    public const int ContextLinesDefault = 20;

    public const int HistogramBucketsMax = 400;

    public const int HistogramBucketsDefault = 100;
}
