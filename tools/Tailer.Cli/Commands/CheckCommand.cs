using System.CommandLine;
using System.Globalization;
using Tailer.Cli.Check;
using Tailer.Cli.Reach;
using Tailer.Hosting;

namespace Tailer.Cli.Commands;

/// <summary>
/// <c>tailer check</c>: counts matching lines of the last minutes, as a plug-in of Nagios and its like, or by itself with a webhook. Every
/// failure is "unknown": exit code 3, said on standard output.
/// </summary>
internal static class CheckCommand
{
    public const string Name = "check";

    private static readonly TimeSpan OverMax = TimeSpan.FromDays(7);

    public static Command Create()
    {
        var query = new Option<string>("--query") { Description = "What is counted (docs/query.md)", HelpName = "QUERY", Required = true };
        var over = new Option<string>("--over") { Description = "Of which time until now", HelpName = "DURATION", DefaultValueFactory = _ => "5m" };
        var warn = new Option<string?>("--warn") { Description = "Threshold: N for more than N, N: for fewer, A:B for outside, @A:B for inside", HelpName = "RANGE" };
        var crit = new Option<string?>("--crit") { Description = "The same for critical", HelpName = "RANGE" };
        var name = new Option<string?>("--name") { Description = "What the check is called in alerts; else the query", HelpName = "NAME" };
        var timeout = new Option<string>("--timeout") { Description = "Unknown after that long", HelpName = "DURATION", DefaultValueFactory = _ => "10s" };
        var every = new Option<string?>("--every") { Description = "Go on, and check again after this time, until interrupted", HelpName = "DURATION" };
        var webhook = new Option<string?>("--webhook") { Description = "POST to this URL when the state changes", HelpName = "URL" };
        var template = new Option<string?>("--template") { Description = "Body of the POST, with {{name}}, {{state}}, {{before}}, {{count}}, {{query}}, {{over}}, {{warn}}, {{crit}}, {{message}}, {{time}}", HelpName = "FILE" };
        var remember = new Option<string?>("--remember") { Description = "Keeps the state told last, so that a check run by a timer tells changes only", HelpName = "FILE" };
        var target = new TargetOptions();
        var command = new Command(Name, "Count matching lines of the last minutes against thresholds: a Nagios plug-in, and alerts by webhook") { query, over, warn, crit, name, timeout, every, webhook, template, remember };
        target.AddTo(command);
        command.SetAction(async (arguments, cancel) =>
        {
            try
            {
                var asked = new CheckAsked(
                    arguments.GetValue(name) ?? arguments.GetValue(query)!, arguments.GetValue(query)!, Duration(arguments.GetValue(over)!, "--over", OverMax),
                    Range(arguments.GetValue(warn), "--warn"), Range(arguments.GetValue(crit), "--crit"));
                using Webhook? hook = Hook(arguments.GetValue(webhook), arguments.GetValue(template), arguments.GetValue(remember));
                TimeSpan limit = Duration(arguments.GetValue(timeout)!, "--timeout", TimeSpan.FromHours(1));
                TimeSpan? pause = arguments.GetValue(every) is { } text ? Duration(text, "--every", TimeSpan.FromDays(1)) : null;
                return await RunAsync(asked, target.Read(arguments), hook, limit, pause, cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is FatalException or ConfigException)
            {
                return SayUnknown(e.Message);
            }
        });
        return command;
    }

    /// <summary>What a plug-in says when it cannot even be asked.</summary>
    public static int SayUnknown(string why)
    {
        Console.WriteLine(CheckResult.FirstLine(CheckState.Unknown, why));
        return (int)CheckState.Unknown;
    }

    private static async Task<int> RunAsync(CheckAsked asked, Target target, Webhook? hook, TimeSpan limit, TimeSpan? pause, CancellationToken cancel)
    {
        while (true)
        {
            CheckResult result = await CountAsync(asked, target, limit, cancel).ConfigureAwait(false);
            string? trouble = hook is null ? null : await hook.TellAsync(result, cancel).ConfigureAwait(false);
            Console.WriteLine(trouble is null ? result : result with { Notes = [.. result.Notes, trouble] });
            if (pause is not { } time)
                return (int)result.State;
            await Task.Delay(time, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<CheckResult> CountAsync(CheckAsked asked, Target target, TimeSpan limit, CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(limit);
        try
        {
            using var archie = new ArchieClient(target);
            string from = $"-{((long)Math.Ceiling(asked.Over.TotalSeconds)).ToString(CultureInfo.InvariantCulture)}s";
            System.Text.Json.JsonElement answer = await archie.GetAsync("/api/v1/histogram", [("q", asked.Query), ("from", from), ("buckets", "1")], timeout.Token).ConfigureAwait(false);
            return CheckResult.Of(asked, CheckCount.Of(answer, [.. target.Bucks.Select(b => b.Name)]));
        }
        catch (FatalException e)
        {
            return CheckResult.Unknown(asked, e.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return CheckResult.Unknown(asked, $"archie at {target.Archie} has not answered within {DurationText.Format(limit)}");
        }
    }

    private static Webhook? Hook(string? url, string? template, string? remember)
    {
        if (url is null)
            return template is null && remember is null ? null : throw new FatalException(ExitCode.Usage, "--template and --remember need --webhook");
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw new FatalException(ExitCode.Usage, $"--webhook is '{url}', but must be an http or https URL");
        try
        {
            return new Webhook(uri, new WebhookText(template is null ? WebhookText.Default : File.ReadAllText(template), template ?? "the template"), remember);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FatalException(ExitCode.Usage, $"--template {template}: {e.Message}", e);
        }
    }

    private static AlertRange? Range(string? text, string option) =>
        text is null ? null : AlertRange.TryParse(text) ?? throw new FatalException(ExitCode.Usage, $"{option} is '{text}', but must be {AlertRange.Expected}");

    private static TimeSpan Duration(string text, string option, TimeSpan max)
    {
        if (!DurationText.TryParse(text, out TimeSpan value) || value < TimeSpan.FromSeconds(1) || value > max)
            throw new FatalException(ExitCode.Usage, $"{option} is '{text}', but must be {DurationText.Expected}, from 1s to {DurationText.Format(max)}");
        return value;
    }
}
