using System.Net;
using Tailer.Wire;

namespace Tailer.Buck.Tests.Serve;

public sealed class RevocationTests
{
    [Fact]
    public async Task Who_is_revoked_gets_in_by_neither_door()
    {
        await using TestBuck before = await TestBuck.StartAsync();
        CredentialFile stolen = before.Issue(Role.Archie, "stolen");
        string ticket = Ticket.Issue(stolen, "", TimeSpan.FromMinutes(10), TimeProvider.System);
        Assert.Equal((HandshakeStatus.Ok, HttpStatusCode.OK), await TryDoorsAsync(before, stolen, ticket));
        await before.StopAsync();

        string list = before.Revoke(stolen);
        await using TestBuck after = await before.StartAgainAsync(options => options with { RevocationsPath = list });
        Assert.Equal((HandshakeStatus.RefusedByPeer, HttpStatusCode.Unauthorized), await TryDoorsAsync(after, stolen, ticket));
        CredentialFile good = after.Issue(Role.Archie, "good");
        string goodTicket = Ticket.Issue(good, "", TimeSpan.FromMinutes(10), TimeProvider.System);
        Assert.Equal((HandshakeStatus.Ok, HttpStatusCode.OK), await TryDoorsAsync(after, good, goodTicket));
    }

    private static async Task<(HandshakeStatus Wire, HttpStatusCode Http)> TryDoorsAsync(TestBuck buck, CredentialFile credential, string ticket)
    {
        ConnectResult result = await BuckConnection.ConnectAsync(buck.Address, credential);
        if (result.Connection is { } connection)
            await connection.DisposeAsync();
        using HttpClient client = buck.Client(ticket);
        using HttpResponseMessage response = await client.GetAsync(new Uri("/metrics", UriKind.Relative));
        return (result.Status, response.StatusCode);
    }
}
