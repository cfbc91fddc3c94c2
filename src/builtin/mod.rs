//! The checks that gate brings with it: in process, on blobs, without a checkout.
