// A lab is a small network of machines with real-time processes: two at once on two cores would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
