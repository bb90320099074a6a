namespace Tailer.Wire;

/// <summary>The outcome of <see cref="Ticket.Verify"/>; the rest is only meaningful when <see cref="Status"/> is Valid.</summary>
/// <param name="Status">Valid, or what is wrong.</param>
/// <param name="Rights">A query that is AND-ed into every query of the ticket's bearer; empty allows all.</param>
/// <param name="Subject">Whom it was issued to, for logs.</param>
/// <param name="Expires">10^-8 s since 1970; a stream that is open then ends.</param>
/// <param name="SignerFailure">With <see cref="TicketStatus.SignerRefused"/>: why.</param>
public readonly record struct TicketResult(
    TicketStatus Status, string Rights, string Subject, ulong Expires, CredentialFailure SignerFailure = CredentialFailure.None);
