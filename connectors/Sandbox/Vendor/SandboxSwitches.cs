using System.Text.Json.Nodes;

namespace DevOpsAI.Connectors.Sandbox.Vendor;

/// <summary>A change that happens by itself the next time the thing is looked at.</summary>
/// <param name="Target">Id or name.</param>
/// <param name="State">Merged into the thing.</param>
public sealed record SandboxDrift(string Target, JsonObject State);

/// <summary>
/// How the simulated vendor misbehaves for one tenant. Forgotten when the process ends. Members left out of a PUT are off.
/// </summary>
/// <param name="SlowMs">Every call takes this much longer; an action is carried out even when the caller has given up.</param>
/// <param name="Hang">No call is answered and nothing is done.</param>
/// <param name="HangActions">No action is answered and none is done; everything can be looked at.</param>
/// <param name="HoldActions">Actions wait until this is off, and are done then; everything can be looked at.</param>
/// <param name="Throttle">So many calls of any kind are answered 429 with <c>Retry-After</c>.</param>
/// <param name="FailBefore">So many actions are answered 503 and nothing is done.</param>
/// <param name="FailAfter">So many actions are done and then answered 500.</param>
/// <param name="LoseReply">So many actions are done and then the connection is cut.</param>
/// <param name="Pretend">So many actions are answered as done and nothing is done.</param>
/// <param name="CannotTell">Asked about an operation, the vendor does not know.</param>
/// <param name="Rejects">Names of actions that are answered 422; <c>*</c> for all.</param>
public sealed record SandboxSwitches(
    int SlowMs = 0, bool Hang = false, int Throttle = 0, int FailBefore = 0, int FailAfter = 0, int LoseReply = 0, int Pretend = 0,
    bool CannotTell = false, IReadOnlyList<string>? Rejects = null, IReadOnlyList<SandboxDrift>? Drift = null,
    bool HangActions = false, bool HoldActions = false);

/// <summary>What happens to the call at hand.</summary>
internal enum Mishap { None, Throttled, Before, After, LostReply, Pretended }

/// <summary>The switches of one tenant, counting down.</summary>
internal sealed class SwitchBoard
{
    private readonly Lock gate = new();
    private SandboxSwitches now = new();

    public SandboxSwitches Now
    {
        get
        {
            lock (gate)
                return now;
        }
        set
        {
            lock (gate)
                now = value;
        }
    }

    public bool TakeThrottle()
    {
        lock (gate)
        {
            if (now.Throttle <= 0)
                return false;
            now = now with { Throttle = now.Throttle - 1 };
            return true;
        }
    }

    /// <summary>Takes the next mishap for an action, the ones before acting first.</summary>
    public Mishap TakeMishap()
    {
        lock (gate)
        {
            (now, var mishap) = now switch
            {
                { FailBefore: > 0 } => (now with { FailBefore = now.FailBefore - 1 }, Mishap.Before),
                { Pretend: > 0 } => (now with { Pretend = now.Pretend - 1 }, Mishap.Pretended),
                { FailAfter: > 0 } => (now with { FailAfter = now.FailAfter - 1 }, Mishap.After),
                { LoseReply: > 0 } => (now with { LoseReply = now.LoseReply - 1 }, Mishap.LostReply),
                _ => (now, Mishap.None),
            };
            return mishap;
        }
    }

    /// <summary>The changes that were to happen to this thing, once.</summary>
    public IReadOnlyList<SandboxDrift> TakeDrift(string id, string name)
    {
        lock (gate)
        {
            var due = (now.Drift ?? []).Where(drift => drift.Target == id || drift.Target.Equals(name, StringComparison.OrdinalIgnoreCase))
                .ToList();
            if (due.Count > 0)
                now = now with { Drift = [.. now.Drift!.Except(due)] };
            return due;
        }
    }
}
