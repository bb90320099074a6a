using Microsoft.AspNetCore.Builder;
using Tailer.Buck;
using Tailer.Hosting;

return await Daemon.RunAsync(args, "tailer-buck", BuckOptions.Read, async context =>
{
    using StateDirectory data = StateDirectory.Ensure(context.Options.Data);
    WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
    context.Apply(builder);
    await using WebApplication app = BuckHost.Build(builder, context.Options with { Data = data.Path }, context.Version);
    await context.RunHostAsync(app);
});
