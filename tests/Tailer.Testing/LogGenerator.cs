using System.Globalization;
using System.Text;

namespace Tailer.Testing;

/// <summary>
/// Log lines as applications write them: an access log, a Java service with stack traces, a database, a syslog daemon, a Kubernetes
/// component, JSON. The same seed gives the same lines, always. Not thread-safe.
/// </summary>
public sealed class LogGenerator(int seed, DateTimeOffset? start = null)
{
    /// <summary>The applications whose lines there are.</summary>
    public static readonly IReadOnlyList<string> Apps = ["nginx", "orders", "postgres", "sshd", "kubelet", "payments"];

    private static readonly string[] Paths = ["/", "/index.html", "/api/orders", "/api/orders/{0}", "/api/users/{0}/cart", "/static/app.{1}.js", "/healthz"];
    private static readonly string[] Classes = ["OrderService", "CartController", "StockClient", "PriceCache", "Scheduler"];
    private static readonly string[] Methods = ["submit", "lambda$run$0", "load", "invoke", "doFilter", "handle", "execute"];
    private static readonly string[] Users = ["root", "admin", "deploy", "alice", "bob"];
    private static readonly string[] Volumes = ["config", "data", "kube-api-access-7xk2p", "tmp"];

    private readonly Random random = new(seed);
    private readonly Queue<GeneratedLine> pending = new();
    private DateTimeOffset time = start ?? new DateTimeOffset(2026, 3, 14, 9, 0, 0, TimeSpan.Zero);

    /// <summary>The next line of any application.</summary>
    public GeneratedLine Next()
    {
        if (pending.TryDequeue(out GeneratedLine next))
            return next;
        return Next(Apps[random.Next(Apps.Count)]);
    }

    /// <summary>The next line of one application; a stack trace it begins comes line by line with the next calls.</summary>
    public GeneratedLine Next(string app)
    {
        if (pending.TryDequeue(out GeneratedLine rest))
            return rest;
        time += TimeSpan.FromMicroseconds(random.Next(1, 20_000));
        return app switch
        {
            "nginx" => Line(app, Access()),
            "orders" => Service(app),
            "postgres" => Line(app, Database()),
            "sshd" => Line(app, Syslog()),
            "kubelet" => Line(app, Kubelet()),
            "payments" => Line(app, Json()),
            _ => throw new ArgumentException($"no application is called {app}; there are {string.Join(", ", Apps)}", nameof(app)),
        };
    }

    /// <summary>This many lines of one application (null: of all), each with LF, as a file would hold them.</summary>
    public byte[] Bytes(int lines, string? app = null)
    {
        var text = new StringBuilder(lines * 128);
        for (int i = 0; i < lines; i++)
            text.Append((app is null ? Next() : Next(app)).Text).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private GeneratedLine Line(string app, FormattableString text) => new(app, time, text.ToString(CultureInfo.InvariantCulture), false);

    private FormattableString Access()
    {
        string path = string.Format(CultureInfo.InvariantCulture, Paths[random.Next(Paths.Length)], random.Next(100_000), Hex(8));
        int status = random.Next(20) switch { 0 => 500, 1 => 404, 2 => 302, _ => 200 };
        return $"10.{random.Next(4)}.{random.Next(256)}.{random.Next(256)} - - [{time:dd/MMM/yyyy:HH:mm:ss} +0000] \"{(random.Next(5) == 0 ? "POST" : "GET")} {path} HTTP/1.1\" {status} {random.Next(120_000)} \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\" {random.Next(2000) / 1000.0:0.000}";
    }

    private GeneratedLine Service(string app)
    {
        string thread = $"http-nio-8080-exec-{random.Next(1, 40)}";
        string at = $"{time:yyyy-MM-dd HH:mm:ss.fff}";
        string name = Classes[random.Next(Classes.Length)];
        if (random.Next(12) > 0)
            return Line(app, $"{at} INFO  [{thread}] com.example.orders.{name} - order {random.Next(10_000_000)} of user {random.Next(50_000)} took {random.Next(900)} ms, trace={Hex(16)}");
        pending.Enqueue(new(app, time, $"java.lang.IllegalStateException: stock of item {random.Next(5000)} is négatif", true));
        for (int i = random.Next(3, 12); i > 0; i--)
            pending.Enqueue(new(app, time, $"\tat com.example.orders.{Classes[random.Next(Classes.Length)]}.{Methods[random.Next(Methods.Length)]}({name}.java:{random.Next(20, 900)})", true));
        pending.Enqueue(new(app, time, "\t... 42 more", true));
        return Line(app, $"{at} ERROR [{thread}] com.example.orders.{name} - could not submit order {random.Next(10_000_000)}");
    }

    private FormattableString Database() => random.Next(4) == 0
        ? $"{time:yyyy-MM-dd HH:mm:ss.fff} UTC [{random.Next(900, 999)}] ERROR:  deadlock detected at character {random.Next(300)}"
        : (FormattableString)$"{time:yyyy-MM-dd HH:mm:ss.fff} UTC [{random.Next(900, 999)}] LOG:  duration: {random.Next(1, 500_000) / 1000.0:0.000} ms  statement: SELECT * FROM items WHERE id = {random.Next(5000)}";

    private FormattableString Syslog() =>
        $"{time:MMM} {time.Day,2} {time:HH:mm:ss} gate{random.Next(1, 4)} sshd[{random.Next(1000, 60_000)}]: Failed password for {Users[random.Next(Users.Length)]} from 192.0.2.{random.Next(256)} port {random.Next(1024, 65_536)} ssh2";

    private FormattableString Kubelet() =>
        $"{"IWE"[random.Next(3)]}{time:MMdd HH:mm:ss.ffffff} {random.Next(1, 99_999),7} reconciler.go:{random.Next(50, 400)}] \"operationExecutor.VerifyControllerAttachedVolume started for volume\" volume=\"{Volumes[random.Next(Volumes.Length)]}\" pod=\"default/web-{Hex(5)}\"";

    private FormattableString Json() =>
        $"{{\"ts\":\"{time:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}\",\"level\":\"{(random.Next(10) == 0 ? "warn" : "info")}\",\"msg\":\"charge captured\",\"amount\":{random.Next(100, 99_999)},\"currency\":\"EUR\",\"id\":\"{Hex(24)}\"}}";

    private string Hex(int digits) => random.GetHexString(digits, lowercase: true);
}
