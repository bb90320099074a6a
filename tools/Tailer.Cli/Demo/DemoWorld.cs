using System.Globalization;

namespace Tailer.Cli.Demo;

/// <summary>A small web shop and what happens in it: customers come in waves, and twice a minute the payment provider has a
/// bad moment. One request leaves lines in several logs, tied together by its id.</summary>
internal sealed class DemoWorld(Random random, TimeProvider time)
{
    private static readonly TimeSpan IncidentEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IncidentLasts = TimeSpan.FromSeconds(6);

    private readonly DateTimeOffset begin = time.GetUtcNow();
    private long lastOrder = 48_000 + random.Next(1000);

    public Random Random { get; } = random;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>What a log without zone would write.</summary>
    public DateTimeOffset LocalNow => time.GetLocalNow();

    /// <summary>True while the payment provider misbehaves, for the first time soon after the start: a newcomer should not have to wait.</summary>
    public bool Incident => (Now - begin + (IncidentEvery / 2)).Ticks % IncidentEvery.Ticks > (IncidentEvery - IncidentLasts).Ticks;

    /// <summary>Requests per second around now, as a wave with some noise.</summary>
    public double RequestsPerSecond(double mean)
    {
        double phase = (Now - begin).TotalSeconds / 40 * Math.Tau;
        return Math.Max(0.5, mean * (1 + (0.6 * Math.Sin(phase)) + (0.3 * (Random.NextDouble() - 0.5))));
    }

    public DemoRequest NextRequest()
    {
        (string method, string path) = Pick(
            ("GET", "/"), ("GET", "/products/" + Random.Next(100, 400)), ("GET", "/products/" + Random.Next(100, 400)), ("GET", "/search?q=" + Pick("lamp", "desk", "chair", "rug", "shelf")),
            ("GET", "/cart"), ("POST", "/cart/items"), ("POST", "/api/orders"), ("POST", "/api/orders"), ("GET", "/assets/app." + Hex(4) + ".js"), ("GET", "/healthz"));
        bool order = path == "/api/orders";
        bool failed = order && Random.NextDouble() < (Incident ? 0.7 : 0.02);
        int status = failed ? 502 : path.StartsWith("/products", StringComparison.Ordinal) && Random.NextDouble() < 0.05 ? 404 : method == "POST" ? 201 : 200;
        double seconds = failed ? 3 + (Random.NextDouble() * 2) : 0.002 + (Math.Pow(Random.NextDouble(), 3) * (order ? 0.9 : 0.12));
        return new DemoRequest(Hex(16), Address(), "u" + Random.Next(1000, 9999).ToString(CultureInfo.InvariantCulture), method, path, status, Random.Next(180, 48_000), seconds, order ? ++lastOrder : 0, failed);
    }

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Random.Next(choices.Length)];

    public string Hex(int digits) => Random.GetHexString(digits, lowercase: true);

    /// <summary>An address of a documentation range (RFC 5737).</summary>
    public string Address() => $"{Pick("192.0.2", "198.51.100", "203.0.113")}.{Random.Next(1, 255)}";
}
