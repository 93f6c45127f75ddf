using System.Diagnostics.Metrics;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Core.Completeness;

/// <summary>What a connection lives on is told as metrics, and a person hears of what ends before it has ended.</summary>
public sealed class VitalsWatchTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly ManualClock clock = new();
    private readonly InMemoryLedger ledger;
    private readonly Vendor vendor = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public VitalsWatchTests() => ledger = new(clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => services.Dispose();

    [Fact]
    public async Task A_certificate_that_somebody_has_to_renew_is_told_of_once_before_it_ends_and_when_it_is_renewed()
    {
        using var watch = Watch();
        vendor.Expiries = [Ends("certificate", days: 31)];
        await watch.LookAsync(Contoso, Token);
        ledger.Entries(Contoso).ShouldBeEmpty("it is too early");

        clock.Advance(TimeSpan.FromDays(2));
        await watch.LookAsync(Contoso, Token);
        await watch.LookAsync(Contoso, Token);
        var ending = ledger.Facts<ConnectionExpiring>(Contoso).ShouldHaveSingleItem();
        ending.What.ShouldBe("certificate");
        ending.Remedy.ShouldBe("Renew it.");

        vendor.Expiries = [Ends("certificate", days: 365)];
        await watch.LookAsync(Contoso, Token);
        await watch.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionRenewed>(Contoso).ShouldHaveSingleItem().What.ShouldBe("certificate");
    }

    [Fact]
    public async Task What_the_bot_renews_itself_is_no_news_and_what_is_not_known_is_no_end_of_it()
    {
        using var watch = Watch();
        vendor.Expiries = [Ends("access token", days: 0) with { WarnBefore = null }];
        await watch.LookAsync(Contoso, Token);
        ledger.Entries(Contoso).ShouldBeEmpty();

        vendor.Expiries = [Ends("certificate", days: 3)];
        await watch.LookAsync(Contoso, Token);
        vendor.Expiries = null;
        await watch.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionRenewed>(Contoso).ShouldBeEmpty("nobody said that it was renewed");

        vendor.Expiries = [];
        await watch.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionRenewed>(Contoso).Count.ShouldBe(1, "the certificate is not used any more");
    }

    [Fact]
    public async Task Of_two_that_end_the_first_is_told_and_another_end_is_told_anew()
    {
        using var watch = Watch();
        vendor.Expiries = [Ends("refresh token", days: 9), Ends("certificate", days: 5)];
        await watch.LookAsync(Contoso, Token);
        vendor.Expiries = [Ends("refresh token", days: 9)];
        await watch.LookAsync(Contoso, Token);
        vendor.Expiries = [Ends("refresh token", days: 12)];
        await watch.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionExpiring>(Contoso).Select(static one => one.What)
            .ShouldBe(["certificate", "refresh token", "refresh token"]);
    }

    [Fact]
    public async Task It_is_an_incident_of_its_own_that_ends_when_it_is_renewed_or_the_connection_is_gone()
    {
        using var watch = Watch();
        vendor.Expiries = [Ends("certificate", days: 5)];
        await watch.LookAsync(Contoso, Token);
        vendor.Expiries = [];
        await watch.LookAsync(Contoso, Token);
        var sent = new Sent();
        foreach (var entry in ledger.Entries(Contoso))
            await new ExpirySubscription(sent).HandleAsync(entry, Token);
        sent.Events.Select(static one => one.Status).ShouldBe([EventStatus.Firing, EventStatus.Resolved]);
        sent.Events.Select(static one => one.AlertKey).Distinct().ShouldHaveSingleItem();
        sent.Events[0].Title.ShouldBe($"The certificate of contoso-acme ends on {clock.GetUtcNow().AddDays(5):yyyy-MM-dd}");
        sent.Events[0].Description!.ShouldStartWith("Renew it.");
    }

    [Fact]
    public async Task Each_figure_has_the_connection_and_its_vendor_and_one_that_is_not_known_is_not_told()
    {
        using var watch = Watch();
        vendor.Expiries = [Ends("certificate", days: 1)];
        vendor.Calls = new(50, 10, clock.GetUtcNow() - TimeSpan.FromSeconds(30));
        await watch.LookAsync(Contoso, Token);
        var told = Told();
        told["connection.calls.failed"].ShouldBe((0.2, "connection=contoso-acme,vendor=acme"));
        told["connection.answered.age"].ShouldBe((30, "connection=contoso-acme,vendor=acme"));
        told["connection.expiry.in"].ShouldBe((86_400, "connection=contoso-acme,vendor=acme,what=certificate"));
        told.ShouldNotContainKey("connection.budget.left");

        vendor.IsGone = true;
        await watch.LookAsync(Contoso, Token);
        Told().ShouldBeEmpty();
    }

    private ConnectionExpiry Ends(string what, int days) =>
        new(what, clock.GetUtcNow().AddDays(days), TimeSpan.FromDays(30), "Renew it.");

    private Dictionary<string, (double Value, string Tags)> Told()
    {
        var told = new Dictionary<string, (double, string)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Meter.Scope == services.GetRequiredService<IMeterFactory>())
                all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => told.Add(
            instrument.Name, (value, string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}")))));
        listener.Start();
        listener.RecordObservableInstruments();
        return told;
    }

    private VitalsWatch Watch() => new(
        ledger, new(ledger, CoreFeatures.Catalog), new(new OneTenant(), new EveryTenant(new OneTenant()), ledger), vendor, new([vendor]),
        clock, services.GetRequiredService<IMeterFactory>(), NullLogger<VitalsWatch>.Instance);

    private sealed class Vendor : IConnectionVitals, IConnectionDirectory
    {
        public IReadOnlyList<ConnectionExpiry>? Expiries { get; set; }

        public RecentCalls? Calls { get; set; }

        public bool IsGone { get; set; }

        public IReadOnlyList<Connection> All => IsGone ? [] : [new("contoso-acme", Contoso, "acme", new Dictionary<string, string>())];

        public Connection? Named(string name) => All.FirstOrDefault(one => one.Name == name);

        public ValueTask<Connection?> FindAsync(string name, CancellationToken cancellationToken) => new(Named(name));

        public ValueTask<ConnectionVitals> ReadVitalsAsync(Connection connection, CancellationToken cancellationToken) =>
            new(new ConnectionVitals { Expiries = Expiries, Calls = Calls });
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
