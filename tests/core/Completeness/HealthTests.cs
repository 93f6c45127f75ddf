using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Core.Completeness;

/// <summary>A connection that fails is put on record once, and becomes an incident that ends when it works again.</summary>
public sealed class HealthTests
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly CallOutcome<string> Good = new CallOutcome<string>.Done("fine");
    private static readonly CallOutcome<string> Refused = new CallOutcome<string>.Refused("401", "The secret is not taken.");
    private static readonly CallOutcome<string> NotReached = new CallOutcome<string>.NotDone("Nobody answers.");
    private readonly ManualClock clock = new();
    private readonly InMemoryLedger ledger;
    private readonly Vendor vendor = new();

    public HealthTests() => ledger = new(clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("rr", 1, "The secret is not taken.")]
    [InlineData("r", 0, null)]
    [InlineData("rgr", 0, null)]
    [InlineData("nnnn", 0, null)]
    [InlineData("nnnnn", 1, "Nobody answers.")]
    [InlineData("nnnnr", 1, "The secret is not taken.")]
    [InlineData("rnr", 0, null)]
    [InlineData("rrrrr", 1, "The secret is not taken.")]
    public async Task It_is_said_to_fail_once_and_not_at_the_first_slip(string answers, int times, string? why)
    {
        using var watch = Watch();
        await AnswerAsync(watch, answers);
        ledger.Facts<ConnectionFailing>(Contoso).Select(static failing => failing.Why).ShouldBe(Enumerable.Repeat(why, times));
    }

    [Fact]
    public async Task It_works_again_with_the_first_good_answer_and_may_fail_anew()
    {
        using var watch = Watch();
        await AnswerAsync(watch, "rrg");
        var working = ledger.Facts<ConnectionWorking>(Contoso).ShouldHaveSingleItem();
        working.FailingSince.ShouldBe(ledger.Entries(Contoso)[0].ByClock);
        clock.Advance(TimeSpan.FromMinutes(15));
        await AnswerAsync(watch, "rr");
        ledger.Facts<ConnectionFailing>(Contoso).Count.ShouldBe(2);
    }

    [Fact]
    public async Task While_it_works_the_vendor_is_asked_seldom_and_at_once_when_its_settings_have_changed()
    {
        using var watch = Watch();
        await AnswerAsync(watch, "ggg");
        vendor.Asked.ShouldBe(1, "a quarter of an hour has not passed");
        vendor.Settings["Secret"] = "env:ANOTHER";
        await AnswerAsync(watch, "g");
        vendor.Asked.ShouldBe(2);
        clock.Advance(TimeSpan.FromMinutes(15));
        await AnswerAsync(watch, "g");
        vendor.Asked.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_on_record_becomes_an_event_that_fires_and_one_that_ends_it()
    {
        using var watch = Watch();
        await AnswerAsync(watch, "rrg");
        var sent = new Sent();
        var subscription = new HealthSubscription(sent);
        foreach (var entry in ledger.Entries(Contoso))
            await subscription.HandleAsync(entry, Token);
        sent.Events.Select(static one => one.Status).ShouldBe([EventStatus.Firing, EventStatus.Resolved]);
        sent.Events.Select(static one => one.AlertKey).Distinct().ShouldHaveSingleItem();
        sent.Events[0].Title.ShouldBe("contoso-acme fails: The secret is not taken.");
    }

    private async Task AnswerAsync(HealthWatch watch, string answers)
    {
        foreach (var answer in answers)
        {
            vendor.Answer = answer switch { 'g' => Good, 'r' => Refused, _ => NotReached };
            await watch.LookAsync(Contoso, Token);
            clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    private HealthWatch Watch() => new(
        ledger, new(ledger, CoreFeatures.Catalog), new(new OneTenant(), new EveryTenant(new OneTenant()), ledger), vendor,
        new([], [], [vendor], clock), Options.Create(new CompletenessOptions()), clock,
        NullLogger<HealthWatch>.Instance);

    private sealed class Vendor : IConnectionProbe, IConnectionDirectory
    {
        public Dictionary<string, string> Settings { get; } = [];

        public CallOutcome<string> Answer { get; set; } = Good;

        public int Asked { get; private set; }

        public string Connector => "acme";

        public IReadOnlyList<Connection> All => [new("contoso-acme", Contoso, "acme", new Dictionary<string, string>(Settings))];

        public Connection? Named(string name) => All.FirstOrDefault(one => one.Name == name);

        public ValueTask<Connection?> FindAsync(string name, CancellationToken cancellationToken) => new(Named(name));

        public Task<CallOutcome<string>> CheckAsync(Connection connection, CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(Answer);
        }
    }

    private sealed class Sent : IMediator
    {
        public List<ConnectorEvent> Events { get; } = [];

        public Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default)
        {
            Events.AddRange(((ReceiveEvents)(object)request).Events);
            return Task.FromResult<TResponse>(default!);
        }

        public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default)
            where TNotification : INotification => Task.CompletedTask;
    }
}
