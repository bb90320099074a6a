using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>What one buck had to say to a search: sorted events, and how it went.</summary>
/// <param name="Events">In the request's order, copies not yet removed.</param>
/// <param name="Truncated">The buck had more than was asked for.</param>
internal sealed record BuckEvents(AnswerSource Source, IReadOnlyList<FoundEvent> Events, bool Truncated, long ScannedEvents, long ScannedBytes);
