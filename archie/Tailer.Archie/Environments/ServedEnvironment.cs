using Tailer.Disk;
using Tailer.Hosting;
using Tailer.Stores;
using Tailer.Wire;

namespace Tailer.Archie;

/// <summary>One environment with everything archie asks: its bucks, its recent index, its archive.</summary>
internal sealed class ServedEnvironment : IAsyncDisposable
{
    /// <summary>Long enough that a page need not ask often, short enough that a copied ticket is soon worthless.</summary>
    private static readonly TimeSpan TicketLifetime = TimeSpan.FromMinutes(15);

    private readonly TimeProvider clock;

    public ServedEnvironment(EnvironmentOptions options, CredentialFile credential, IDisk disk, TimeProvider clock, ILoggerFactory loggers)
    {
        this.clock = clock;
        Options = options;
        Credential = credential;
        Index = new LocalEventIndex(disk, options.RecentPath);
        Archive = new DirectoryArchive(disk, options.ArchivePath, clock);
        Bucks = [.. options.Bucks.Select(buck => new BuckLink(buck, credential, clock, loggers.CreateLogger<BuckLink>()))];
    }

    public EnvironmentOptions Options { get; }

    public string Name => Options.Name;

    public CredentialFile Credential { get; }

    public LocalEventIndex Index { get; }

    public DirectoryArchive Archive { get; }

    public IReadOnlyList<BuckLink> Bucks { get; }

    /// <summary>Loads the credential.</summary>
    /// <exception cref="FatalException">78, with what is wrong with it.</exception>
    public static ServedEnvironment Open(EnvironmentOptions options, IDisk disk, TimeProvider clock, ILoggerFactory loggers)
    {
        try
        {
            return new ServedEnvironment(options, CredentialFile.Load(options.CredentialPath), disk, clock, loggers);
        }
        catch (CredentialFileException e)
        {
            throw new FatalException(ExitCode.Config, $"environment {options.Name}: {e.Message}", e);
        }
    }

    /// <summary>A ticket for the environment's bucks, without limits on what may be read.</summary>
    public TicketAnswer IssueTicket()
    {
        string ticket = Ticket.Issue(Credential, "", TicketLifetime, clock, subject: "web");
        return new TicketAnswer(Name, ticket, clock.GetUtcNow() + TicketLifetime);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BuckLink buck in Bucks)
            await buck.DisposeAsync();
        Index.Dispose();
    }
}
