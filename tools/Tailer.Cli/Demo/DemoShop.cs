using System.Globalization;

namespace Tailer.Cli.Demo;

/// <summary>The logs of the shop: a web server, a Java service, a database, a billing service that logs JSON, and the host's
/// own system log. Formats are those of the real programs, time stamps included.</summary>
internal sealed class DemoShop : IDisposable
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private const string Tab = "\t";

    private readonly DemoWorld world;
    private readonly DemoFile accessLog;
    private readonly DemoFile ordersLog;
    private readonly DemoFile postgresLog;
    private readonly DemoFile billingLog;
    private readonly DemoFile systemLog;

    /// <summary>File sizes at which each log is rotated are chosen so that at the usual rate something rotates every half minute or so.</summary>
    public DemoShop(string directory, DemoWorld world, long rotateBytes)
    {
        this.world = world;
        accessLog = new DemoFile(Path.Combine(directory, "nginx", "access.log"), rotateBytes * 2);
        ordersLog = new DemoFile(Path.Combine(directory, "orders", "orders.log"), rotateBytes);
        postgresLog = new DemoFile(Path.Combine(directory, "postgres", "postgresql.log"), rotateBytes);
        billingLog = new DemoFile(Path.Combine(directory, "billing", "billing.json.log"), rotateBytes);
        systemLog = new DemoFile(Path.Combine(directory, "system", "auth.log"), rotateBytes / 2);
    }

    /// <summary>One request, with everything it leaves behind.</summary>
    public void Serve(DemoRequest request)
    {
        if (request.OrderNumber != 0)
            PlaceOrder(request);
        else if (request.Path == "/cart/items")
            Orders("DEBUG", "c.e.shop.cart.CartService", $"item added to cart of {request.User}, request {request.Id}");
        if (request.Seconds > 0.6 || world.Random.NextDouble() < 0.06)
            Query(request);
        if (world.Random.NextDouble() < 0.12)
            SignIn();
        string time = world.Now.UtcDateTime.ToString("dd/MMM/yyyy:HH:mm:ss '+0000'", Invariant);
        accessLog.Append(string.Create(Invariant,
            $"{request.Client} - {(request.OrderNumber != 0 ? request.User : "-")} [{time}] \"{request.Method} {request.Path} HTTP/1.1\" {request.Status} {request.ResponseBytes} \"-\" \"{Browser()}\" rt={request.Seconds:F3} id={request.Id}"));
    }

    public void Dispose()
    {
        accessLog.Dispose();
        ordersLog.Dispose();
        postgresLog.Dispose();
        billingLog.Dispose();
        systemLog.Dispose();
    }

    private void PlaceOrder(DemoRequest request)
    {
        decimal amount = world.Random.Next(990, 49_900) / 100m;
        Orders("INFO ", "c.e.shop.orders.OrderService", string.Create(Invariant, $"placing order {request.OrderNumber} for {request.User}, total {amount} EUR, request {request.Id}"));
        if (!request.PaymentFailed)
        {
            Billing("info", "payment captured", request, amount);
            bool slow = request.Seconds > 0.5;
            Orders(slow ? "WARN " : "INFO ", "c.e.shop.orders.OrderService", string.Create(Invariant, $"order {request.OrderNumber} confirmed{(slow ? " slowly" : "")} in {request.Seconds * 1000:F0} ms"));
            return;
        }

        Billing("error", "payment provider timed out", request, amount);
        Orders("ERROR", "c.e.shop.orders.OrderController", string.Create(Invariant,
            $"""
            order {request.OrderNumber} failed, request {request.Id}
            com.example.shop.payment.PaymentTimeoutException: no answer from provider within {request.Seconds * 1000:F0} ms
            {Tab}at com.example.shop.payment.ProviderClient.capture(ProviderClient.java:{world.Random.Next(80, 240)})
            {Tab}at com.example.shop.payment.PaymentService.charge(PaymentService.java:97)
            {Tab}at com.example.shop.orders.OrderService.place(OrderService.java:142)
            {Tab}at com.example.shop.orders.OrderController.create(OrderController.java:58)
            {Tab}at java.base/java.lang.Thread.run(Thread.java:1583)
            Caused by: java.net.SocketTimeoutException: Read timed out
            {Tab}at java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)
            {Tab}... 42 more
            """));
        if (world.Random.NextDouble() < 0.3)
            Orders("WARN ", "c.e.shop.payment.CircuitBreaker", "payment provider: half of the last 20 calls failed, breaker open for 5 s");
    }

    private void Orders(string level, string logger, string message) =>
        ordersLog.Append(string.Create(Invariant, $"{world.LocalNow:yyyy-MM-dd HH:mm:ss,fff} {level} [http-nio-8080-exec-{world.Random.Next(1, 17)}] {logger} - {message}"));

    private void Billing(string level, string message, DemoRequest request, decimal amount) =>
        billingLog.Append(string.Create(Invariant,
            $$"""{"ts":"{{world.Now.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}","level":"{{level}}","msg":"{{message}}","order":{{request.OrderNumber}},"user":"{{request.User}}","amount":{{amount}},"currency":"EUR","request_id":"{{request.Id}}","took_ms":{{request.Seconds * 1000:F0}}}"""));

    private void Query(DemoRequest request)
    {
        string time = world.Now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", Invariant);
        int pid = world.Random.Next(2000, 2032);
        postgresLog.Append(world.Random.NextDouble() < 0.08
            ? $"{time} [{pid}] shop@orders ERROR:  deadlock detected\n{time} [{pid}] shop@orders DETAIL:  Process {pid} waits for ShareLock on transaction {world.Random.Next(90_000, 99_999)}; blocked by process {pid + 3}.\n{time} [{pid}] shop@orders STATEMENT:  UPDATE stock SET reserved = reserved + 1 WHERE product = {world.Random.Next(100, 400)}"
            : string.Create(Invariant, $"{time} [{pid}] shop@orders LOG:  duration: {request.Seconds * 700:F3} ms  statement: SELECT * FROM orders WHERE customer = '{request.User}' ORDER BY placed DESC LIMIT 20"));
    }

    private void SignIn()
    {
        string time = world.LocalNow.ToString("MMM ", Invariant) + world.LocalNow.Day.ToString(Invariant).PadLeft(2) + world.LocalNow.ToString(" HH:mm:ss", Invariant);
        int pid = world.Random.Next(10_000, 32_000);
        systemLog.Append(world.Pick(
            $"{time} shop-1 sshd[{pid}]: Failed password for invalid user {world.Pick("admin", "oracle", "test", "git")} from {world.Address()} port {world.Random.Next(30_000, 60_000)} ssh2",
            $"{time} shop-1 sshd[{pid}]: Accepted publickey for deploy from {world.Address()} port {world.Random.Next(30_000, 60_000)} ssh2: ED25519 SHA256:{world.Hex(20)}",
            $"{time} shop-1 CRON[{pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
            $"{time} shop-1 sudo:   deploy : TTY=pts/0 ; PWD=/srv/shop ; USER=root ; COMMAND=/usr/bin/systemctl reload nginx"));
    }

    private string Browser() => world.Pick(
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
        "curl/8.14.1");
}
