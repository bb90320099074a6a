using Microsoft.AspNetCore.Builder;
using Tailer.Buck;
using Tailer.Hosting;
using Tailer.Wire;

// A buck takes packets all day; both are for these, and have to be said before anything else.
SocketThreads.CompleteWatching();
WireCrypto.TryUseSystem();
return await Daemon.RunAsync(args, "tailer-buck", BuckOptions.Read, async context =>
{
    using StateDirectory data = StateDirectory.Ensure(context.Options.Data);
    WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
    context.Apply(builder);
    await using WebApplication app = BuckHost.Build(builder, context.Options with { Data = data.Path }, context.Version);
    await context.RunHostAsync(app);
});
