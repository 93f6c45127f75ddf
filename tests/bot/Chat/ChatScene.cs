using DevOpsAI.Bot.Chat;
using DevOpsAI.Bot.Chat.Commands;
using DevOpsAI.Bot.Chat.Questions;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using DevOpsAI.Connectors;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Cards;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Chat;

/// <summary>The chat as it is registered, over a story's ledger and a mediator that keeps what it was sent.</summary>
internal static class ChatScene
{
    public static ServiceProvider Build(IncidentScript story, IAccess access, Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<SubjectViews>().AddChat().AddChatCommands().AddChatQueries()
            .AddSingleton<TimeProvider>(story.Clock)
            .AddSingleton<ITenantDirectory>(new TwoTenants())
            .AddSingleton<ILedger>(story.Ledger)
            .AddSingleton(story.States)
            .AddSingleton(access)
            .AddSingleton(TestViews.For(story, access))
            .AddSingleton(TestViews.Proposals(story, access))
            .AddSingleton(CoreFeatures.Catalog)
            .AddSingleton<IMediator, RecordingMediator>()
            .AddSingleton<IDocuments, MemoryDocuments>()
            .AddSingleton<Checkpoints>()
            .AddSingleton<DigestViews>()
            .AddSingleton<IKeyRing, InMemoryKeyRing>()
            .AddSingleton<Quarantine>()
            .AddSingleton<IReviews, Reviews>()
            .AddSingleton<AdministratorCode>()
            .AddSingleton<IConnectorClient>(new Cards.FakeTeams())
            .AddSingleton<IConversationReferences, KnownConversations>()
            .AddSingleton(Options.Create(new TeamsOptions()))
            .AddSingleton<HomeDirectory>()
            .AddSingleton(ConnectorCatalog.Read())
            .AddSingleton<InstalledConnectors>()
            .AddSingleton<VitalsReader>()
            .AddSingleton<IConnectionDirectory, NoConnections>()
            .AddSingleton<ILocalMode, OnALaptop>();
        more?.Invoke(services);
        return services.BuildServiceProvider();
    }
}

internal sealed class OnALaptop : ILocalMode
{
    public bool IsLocal => true;
}

internal sealed class NoConnections : IConnectionDirectory
{
    public IReadOnlyList<Connection> All => [];

    public Connection? Named(string name) => null;

    public ValueTask<Connection?> FindAsync(string name, CancellationToken cancellationToken) => default;
}

internal sealed class RecordingMediator : IMediator
{
    public List<object> Sent { get; } = [];

    public Func<object, Task<RequestResult>> Answer { get; set; } = _ => Task.FromResult(new RequestResult(null, null, "Done."));

    public async Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default)
    {
        Sent.Add(request);
        return (TResponse)(object)await Answer(request);
    }

    public Task<object?> Send(object request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Publish(object notification, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default)
        where TNotification : INotification => throw new NotSupportedException();
}
