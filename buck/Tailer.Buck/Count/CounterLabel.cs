namespace Tailer.Buck;

/// <summary>What a counter may tell its events apart by. The names are those of a query's fields.</summary>
internal enum CounterLabel : byte
{
    Host,
    App,
    Level,
    Agent,
    Path,
}
