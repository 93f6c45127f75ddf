using System.Diagnostics.Metrics;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Core.Incidents;

/// <summary>What the meter says adds up at every step: received = shown + folded + digested + waiting.</summary>
public sealed class IntakeMetricsTests
{
    [Fact]
    public async Task Every_event_is_counted_once_wherever_it_went()
    {
        using var world = new IntakeWorld();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var metrics = new IntakeMetrics(world.States, meters);
        await metrics.StartAsync(TestContext.Current.CancellationToken);

        await world.ReceiveAsync(AnEvent.Firing("K", "a"), AnEvent.Firing("K", "a"), AnEvent.Firing("Told", "b", severity: Severity.Info));
        Read(world, meters).ShouldBe([("digested", 1), ("folded", 0), ("received", 3), ("shown", 0), ("waiting", 2)]);
        await world.FollowAsync();
        Read(world, meters).ShouldBe([("digested", 1), ("folded", 1), ("received", 3), ("shown", 1), ("waiting", 0)]);
        await world.ReceiveAsync(AnEvent.Resolved("K", "a"), AnEvent.Resolved("Unheard", "of"));
        await world.FollowAsync();
        Read(world, meters).ShouldBe([("digested", 2), ("folded", 2), ("received", 5), ("shown", 1), ("waiting", 0)]);
        await metrics.StopAsync(TestContext.Current.CancellationToken);
    }

    private static List<(string Name, long Value)> Read(IntakeWorld world, IMeterFactory meters)
    {
        // Latest states are those last asked for.
        world.State.Seq.ShouldBeGreaterThan(0);
        var seen = new List<(string, long)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Other tests of this process have meters too.
            if (instrument.Meter.Name == "DevOpsAI.Incidents" && instrument.Meter.Scope == meters)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            tags.ToArray().ShouldBe([new("tenant", "contoso")]);
            seen.Add((instrument.Name["events.".Length..], value));
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. seen.OrderBy(one => one.Item1, StringComparer.Ordinal)];
    }
}
