//! The kinds of file in which containers are declared: read into the model, remedies written back.
