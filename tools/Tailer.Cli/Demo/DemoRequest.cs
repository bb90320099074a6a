namespace Tailer.Cli.Demo;

/// <summary>One request to the shop. <paramref name="OrderNumber"/> is 0 unless it places an order.</summary>
internal sealed record DemoRequest(
    string Id, string Client, string User, string Method, string Path, int Status, int ResponseBytes, double Seconds, long OrderNumber, bool PaymentFailed);
