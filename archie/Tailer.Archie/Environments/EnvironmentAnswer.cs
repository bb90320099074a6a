namespace Tailer.Archie;

/// <summary>One environment and a ticket for its bucks.</summary>
internal sealed record EnvironmentAnswer(string Name, IReadOnlyList<BuckAnswer> Bucks, string Ticket, DateTimeOffset TicketExpires);
