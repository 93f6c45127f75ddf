using System.Collections.Immutable;

namespace DevOpsAI.Ledger;

/// <summary>
/// A feature's part of the state of a tenant: an immutable record, folded over the entries that the feature asked for. Everything in it is
/// in properties that can be set when it is made, so that it can be written down and read again.
/// </summary>
public interface ISlice<TSelf>
    where TSelf : class, ISlice<TSelf>
{
    /// <summary>Before the first entry.</summary>
    static abstract TSelf Empty { get; }

    /// <summary>The slice with the entry in it.</summary>
    /// <param name="before">All of the tenant's state before the entry, this slice included: a slice sees no other slice's change by the
    /// same entry.</param>
    TSelf Apply(LedgerEntry entry, TenantState before);
}

/// <summary>A slice as its feature registers it: its name, and the entries that it is folded over.</summary>
public abstract class StateSlice
{
    private protected StateSlice(string name, Type type) => (Name, Type) = (name, type);

    /// <summary>Unique in the product; never change it, derived files name it.</summary>
    public string Name { get; }

    public Type Type { get; }

    /// <summary>Types of entries, or what they are marked with, that it is folded over, wherever they stand.</summary>
    public ImmutableArray<Type> Facts { get; private init; } = [];

    /// <summary>Kinds of streams that it is folded over, whatever stands there, entries of unknown types included.</summary>
    public ImmutableArray<string> Streams { get; private init; } = [];

    /// <summary>It is folded over every entry.</summary>
    public bool TakesAll { get; private init; }

    internal abstract object Empty { get; }

    internal abstract object Apply(object slice, LedgerEntry entry, TenantState before);

    /// <summary>A slice over entries of these types, and over all that stands on streams of these kinds.</summary>
    public static StateSlice Create<TSlice>(string name, ImmutableArray<Type> facts, params ImmutableArray<string> streams)
        where TSlice : class, ISlice<TSlice> => new Typed<TSlice>(name) { Facts = facts, Streams = streams };

    /// <summary>A slice over every entry: what it does with most of them has to cost nothing.</summary>
    public static StateSlice OfAll<TSlice>(string name)
        where TSlice : class, ISlice<TSlice> => new Typed<TSlice>(name) { TakesAll = true };

    private sealed class Typed<TSlice>(string name) : StateSlice(name, typeof(TSlice))
        where TSlice : class, ISlice<TSlice>
    {
        internal override object Empty => TSlice.Empty;

        internal override object Apply(object slice, LedgerEntry entry, TenantState before) => ((TSlice)slice).Apply(entry, before);
    }
}
