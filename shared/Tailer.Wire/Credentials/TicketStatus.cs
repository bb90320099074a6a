namespace Tailer.Wire;

/// <summary>What <see cref="Ticket.Verify"/> found.</summary>
public enum TicketStatus
{
    Valid,

    /// <summary>Not a ticket of a version this code knows.</summary>
    Malformed,

    /// <summary>Made for another environment.</summary>
    OtherEnvironment,

    /// <summary>Made for another audience.</summary>
    OtherAudience,

    Expired,

    NotYetValid,

    /// <summary>Asks for a longer life than any ticket may have.</summary>
    TooLong,

    /// <summary>Altered, or not signed by the credential in it.</summary>
    BadSignature,

    /// <summary>The signer's credential is not good (see <see cref="TicketResult.SignerFailure"/>), or its role may not sign.</summary>
    SignerRefused,
}
