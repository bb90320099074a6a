namespace Tailer.Archie;

/// <summary><c>GET /api/v1/ticket</c>.</summary>
internal sealed record TicketAnswer(string Env, string Ticket, DateTimeOffset Expires);
