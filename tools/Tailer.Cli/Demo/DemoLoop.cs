namespace Tailer.Cli.Demo;

/// <summary>Serves requests at the world's rate until it is told to stop.</summary>
internal sealed class DemoLoop(DemoWorld world, DemoShop shop, double requestsPerSecond, TimeProvider time)
{
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            shop.Serve(world.NextRequest());
            // Exponential gaps: arrivals that do not know of each other.
            double gapSeconds = -Math.Log(1 - world.Random.NextDouble()) / world.RequestsPerSecond(requestsPerSecond);
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(gapSeconds, 2)), time, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
